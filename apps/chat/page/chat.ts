import type { End } from "../src/protocol.ts";
import { Announcer } from "./announcer.ts";
import * as api from "./api.ts";
import { Composer } from "./composer.ts";
import { addressed, Conversation, type Turn } from "./conversation.ts";
import { byId, make } from "./element.ts";
import { describe } from "./ending.ts";
import { follow } from "./follow.ts";
import { MessageView } from "./message-view.ts";
import { Painter } from "./painter.ts";

/** An answer that is being written. */
interface Running {
  /** Undefined until the server has given it one. */
  id?: string;
  readonly view: MessageView;
  readonly painter: Painter;
  text: string;
  /** Stop was pressed before there was an id. */
  stopWanted: boolean;
  leave(): void;
}

/**
 * The page's one conversation. What is shown comes from the generation's events alone: a reload reads them again from
 * the first, so there is no second place that could tell another story.
 */
export class Chat {
  readonly #conversation = new Conversation();
  readonly #announcer = new Announcer(byId("announcer", HTMLElement));
  readonly #transcript = byId("transcript", HTMLElement);
  readonly #connection = byId("connection", HTMLElement);
  readonly #empty = byId("empty", HTMLElement);
  readonly #newChat = byId("new-chat", HTMLButtonElement);
  readonly #composer = new Composer({ send: (text) => this.ask(text), stop: () => this.stop() });
  #running: Running | undefined;
  /** Retry stands under the newest answer only. */
  #lastView: MessageView | undefined;

  constructor() {
    this.#newChat.addEventListener("click", () => this.clear());
    byId("skip", HTMLAnchorElement).addEventListener("click", (event) => {
      // Not by the address: that is the newest answer's.
      event.preventDefault();
      this.#composer.focus();
    });
    window.addEventListener("hashchange", () => void this.open());
  }

  /** Shows what this tab had, or what the address points to, and goes on reading if it is not over. */
  async open(): Promise<void> {
    this.#leave();
    this.#conversation.restore();
    const id = addressed();
    if (id !== undefined && this.#conversation.last?.id !== id) {
      try {
        this.#conversation.adopt(await api.state(id));
      } catch (error) {
        this.#conversation.clear();
        this.#connection.textContent = (error as Error).message;
      }
    }
    this.#render();
    this.#composer.focus();
  }

  ask(text: string): void {
    if (this.#running) return;
    this.#connection.textContent = "";
    this.#add({ role: "user", content: text });
    this.#answer();
  }

  /** Asks for another answer in place of the newest. */
  retry(): void {
    if (this.#running || this.#conversation.last?.role !== "assistant") return;
    this.#connection.textContent = "";
    this.#conversation.dropLast();
    this.#lastView?.element.remove();
    this.#lastView = undefined;
    this.#answer();
    this.#composer.focus();
  }

  stop(): void {
    const running = this.#running;
    if (!running) return;
    this.#composer.stopping();
    if (running.id === undefined) {
      running.stopWanted = true;
      return;
    }
    // The end comes with the stream, for all who read it; this answer only matters if it is a refusal.
    api.stop(running.id).catch((error: Error) => {
      if (this.#running !== running) return;
      this.#connection.textContent = error.message;
      this.#composer.running = true;
    });
  }

  clear(): void {
    this.#leave();
    this.#conversation.clear();
    this.#connection.textContent = "";
    this.#render();
    this.#composer.focus();
  }

  #render(): void {
    this.#transcript.replaceChildren();
    this.#lastView = undefined;
    this.#update();
    for (const turn of this.#conversation.turns) this.#show(turn);
    const { last } = this.#conversation;
    if (last?.role === "assistant" && !last.end && last.id !== undefined) this.#read(this.#begin(last.id), last.id);
    this.#scrollToEnd();
  }

  #update(): void {
    this.#empty.hidden = this.#conversation.turns.length > 0;
    this.#newChat.hidden = this.#conversation.turns.length === 0;
  }

  #add(turn: Turn): void {
    this.#conversation.add(turn);
    this.#show(turn);
    this.#update();
    this.#scrollToEnd();
  }

  #show(turn: Turn): void {
    if (turn.role === "system") return;
    // An answer that is not over is read again from its first event.
    const view = new MessageView(turn.role, turn.role === "assistant" && !turn.end ? "" : turn.content);
    this.#transcript.append(view.element);
    for (const old of this.#transcript.querySelectorAll(".retry")) old.remove();
    if (turn.role !== "assistant") return;
    this.#lastView = view;
    if (turn.end) view.ended(describe(turn.end), [this.#retryButton()]);
  }

  /** Starts a generation for the conversation as it stands. */
  #answer(): void {
    const { messages } = this.#conversation;
    this.#add({ role: "assistant", content: "" });
    const running = this.#begin();
    api.start(messages).then(
      (id) => {
        if (this.#running !== running) return;
        running.id = id;
        this.#conversation.replaceLast({ role: "assistant", content: "", id });
        this.#read(running, id);
        if (running.stopWanted) this.stop();
      },
      (error: Error) => this.#finish(running, { status: "failed", reason: error.message, tokens: 0 }),
    );
  }

  #begin(id?: string): Running {
    const view = this.#lastView as MessageView;
    const atEnd = () => document.documentElement.scrollHeight - window.innerHeight - window.scrollY < 90;
    let follows = true;
    const noteScroll = () => {
      follows = atEnd();
    };
    window.addEventListener("scroll", noteScroll, { passive: true });
    const running: Running = {
      ...(id !== undefined && { id }),
      view,
      painter: new Painter(view, () => {
        if (follows) this.#scrollToEnd();
      }),
      text: "",
      stopWanted: false,
      leave: () => window.removeEventListener("scroll", noteScroll),
    };
    this.#running = running;
    this.#composer.running = true;
    view.running([]);
    return running;
  }

  #read(running: Running, id: string): void {
    running.view.running([followLink(id)]);
    const close = follow(id, {
      onText: (text) => {
        running.text += text;
        running.painter.add(text);
        this.#announcer.add(text);
      },
      onLost: (lost) => {
        this.#connection.textContent = lost
          ? "The connection was lost. Trying to get it back; the answer goes on meanwhile."
          : "";
      },
      onEnd: (end) => this.#finish(running, end),
      onGone: (error) => this.#finish(running, { status: "failed", reason: error.message, tokens: 0 }),
    });
    const leave = running.leave;
    running.leave = () => {
      close();
      leave();
    };
  }

  #finish(running: Running, end: End): void {
    if (this.#running !== running) return;
    running.painter.flush();
    this.#leave();
    this.#connection.textContent = "";
    const turn: Turn = {
      role: "assistant",
      content: running.text,
      end,
      ...(running.id !== undefined && { id: running.id }),
    };
    this.#conversation.replaceLast(turn);
    const ending = describe(end);
    running.view.ended(ending, [this.#retryButton()]);
    this.#announcer.finish(ending.facts.map((fact) => fact.text).join(", "));
    this.#scrollToEnd();
  }

  /** Stops reading; the generation itself goes on. */
  #leave(): void {
    this.#running?.leave();
    this.#running = undefined;
    this.#composer.running = false;
  }

  #retryButton(): HTMLElement {
    const button = make("button", "retry", "Retry");
    button.type = "button";
    button.addEventListener("click", () => this.retry());
    return button;
  }

  #scrollToEnd(): void {
    window.scrollTo({ top: document.documentElement.scrollHeight });
  }
}

function followLink(id: string): HTMLElement {
  const link = make("a", "", "Follow in another tab");
  link.href = `#${id}`;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}
