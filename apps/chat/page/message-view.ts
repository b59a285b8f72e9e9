import type { Message } from "../src/protocol.ts";
import { make } from "./element.ts";
import type { Ending } from "./ending.ts";

/** One message of the transcript. */
export class MessageView {
  readonly element: HTMLElement;
  readonly #text: HTMLElement;
  #paragraph: HTMLParagraphElement | undefined;

  constructor(role: Message["role"], content = "") {
    this.element = make("article", `message ${role}`);
    this.element.append(make("h3", "hidden", role === "user" ? "You said" : "The model answered"));
    this.#text = make("div", "text");
    if (role === "user") this.#text.textContent = content;
    else {
      this.element.append(mark());
      this.append(content);
    }
    const body = make("div", "body");
    body.append(this.#text);
    this.element.append(role === "user" ? this.#text : body);
  }

  /** Adds text to its end. A blank line starts a paragraph, also when it comes in two pieces. */
  append(text: string): void {
    if (text === "") return;
    const pieces = ((this.#paragraph?.dataset["open"] ?? "") + text).split(/\n{2,}/);
    for (const [index, piece] of pieces.entries()) {
      if (index > 0 || this.#paragraph === undefined) this.#begin();
      this.#write(piece);
    }
  }

  #begin(): void {
    this.#paragraph = make("p");
    this.#text.append(this.#paragraph);
  }

  /** A line end at the very end may be the first half of a blank line: it waits for what comes next. */
  #write(piece: string): void {
    const paragraph = this.#paragraph as HTMLParagraphElement;
    const shown = piece.endsWith("\n") ? piece.slice(0, -1) : piece;
    if (shown === piece) delete paragraph.dataset["open"];
    else paragraph.dataset["open"] = "\n";
    paragraph.append(shown);
    // Hundreds of text nodes in a paragraph would be slow to lay out.
    paragraph.normalize();
  }

  /** Shows that the answer is being written. */
  running(actions: readonly HTMLElement[]): void {
    this.element.dataset["status"] = "running";
    this.element.setAttribute("aria-busy", "true");
    this.#foot(undefined, actions);
  }

  /** Shows how it ended. */
  ended(ending: Ending, actions: readonly HTMLElement[]): void {
    this.element.dataset["status"] = ending.status;
    this.element.removeAttribute("aria-busy");
    this.#foot(ending, actions);
  }

  #foot(ending: Ending | undefined, actions: readonly HTMLElement[]): void {
    for (const old of this.element.querySelectorAll(".error, .meta")) old.remove();
    const body = this.#text.parentElement as HTMLElement;
    if (ending?.error) {
      const error = make("p", "error", ending.error);
      error.setAttribute("role", "alert");
      body.append(error);
    }
    const meta = make("div", "meta");
    for (const fact of ending?.facts ?? []) meta.append(make("span", fact.exact ? "exact" : "", fact.text));
    meta.append(...actions);
    if (meta.childElementCount > 0) body.append(meta);
  }
}

function mark(): Element {
  return (document.querySelector(".mark") as Element).cloneNode(true) as Element;
}
