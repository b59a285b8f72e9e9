import type { Health } from "../src/protocol.ts";
import * as api from "./api.ts";
import { Chat } from "./chat.ts";
import { byId, make } from "./element.ts";

const SUGGESTIONS = ["Why do men go to sea?", "Who is Captain Ahab?", "What is the white whale, really?"];

const chat = new Chat();

for (const suggestion of SUGGESTIONS) {
  const button = make("button", "", suggestion);
  button.type = "button";
  button.addEventListener("click", () => chat.ask(suggestion));
  const item = make("li");
  item.append(button);
  byId("suggestions", HTMLUListElement).append(item);
}

api.health().then(showModel, () => {
  byId("model", HTMLElement).textContent = "the server does not answer";
});
await chat.open();

function showModel({ model, upstream }: Health): void {
  const builtIn = upstream === "built-in";
  byId("model", HTMLElement).textContent = builtIn ? model : `${model} at ${upstream}`;
  if (builtIn) {
    byId("about", HTMLElement).textContent =
      "This small model has read one book, Moby-Dick, and looks four words back. Stop is exact, and a reload picks up where you were.";
  }
}
