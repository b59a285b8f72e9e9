import type { End, GenerationState, Message } from "../src/protocol.ts";
import { recent } from "./recent.ts";

/** A message with what is known about how it came to be. */
export interface Turn extends Message {
  /** The generation that answers; only answers have one. */
  readonly id?: string;
  /** Undefined while the answer is being written. */
  readonly end?: End;
}

const KEY = "skein.chat";

/**
 * The conversation of this tab: kept in the tab's session storage, so that a reload finds it, and pointed to by the
 * address, so that another tab can follow the newest answer.
 */
export class Conversation {
  #turns: readonly Turn[] = [];

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  /** The newest turn. */
  get last(): Turn | undefined {
    return this.#turns.at(-1);
  }

  add(turn: Turn): void {
    this.#set([...this.#turns, turn]);
  }

  /** Replaces the newest turn. */
  replaceLast(turn: Turn): void {
    this.#set([...this.#turns.slice(0, -1), turn]);
  }

  /** Takes the newest turn away. */
  dropLast(): void {
    this.#set(this.#turns.slice(0, -1));
  }

  clear(): void {
    this.#set([]);
  }

  /** What the model is given: what was said lately, without answers that said nothing. */
  get messages(): Message[] {
    return recent(this.#turns.filter(({ content }) => content !== "").map(({ role, content }) => ({ role, content })));
  }

  /** Takes up the conversation of another tab from what the server knows. */
  adopt(state: GenerationState): void {
    const answer: Turn = { role: "assistant", content: state.text, id: state.id, ...(state.end && { end: state.end }) };
    this.#set([...state.messages, answer]);
  }

  /** Finds what this tab had, if the address still points to it. */
  restore(): void {
    try {
      const turns = JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as Turn[];
      if (Array.isArray(turns) && idOf(turns) === addressed()) this.#turns = turns;
    } catch {
      // Nothing stored, or not by this version of the page: begin anew.
    }
  }

  #set(turns: readonly Turn[]): void {
    this.#turns = turns;
    try {
      sessionStorage.setItem(KEY, JSON.stringify(turns));
    } catch {
      // Full or forbidden: the conversation lives as long as the page.
    }
    const id = idOf(turns);
    if (id !== addressed()) history.replaceState(null, "", id ? `#${id}` : location.pathname);
  }
}

/** A generation's id. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The generation that the address points to; undefined also if it points to something else. */
export function addressed(): string | undefined {
  return UUID.exec(location.hash.slice(1))?.[0];
}

function idOf(turns: readonly Turn[]): string | undefined {
  return turns.findLast((turn) => turn.id !== undefined)?.id;
}
