/** Sentences are read out in pieces of about this many characters. */
const PIECE = 160;

/**
 * Tells a screen reader the answer in whole sentences. A live region on the streaming text itself would stutter
 * through every token, or start again with each.
 */
export class Announcer {
  readonly #region: HTMLElement;
  #unsaid = "";

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  add(text: string): void {
    this.#unsaid += text;
    if (this.#unsaid.length < PIECE) return;
    const end = lastSentenceEnd(this.#unsaid);
    if (end === 0) return;
    this.say(this.#unsaid.slice(0, end));
    this.#unsaid = this.#unsaid.slice(end);
  }

  /** Says what is left, and how the answer ended. */
  finish(ending: string): void {
    this.say(`${this.#unsaid} ${ending}`.trim());
    this.#unsaid = "";
  }

  say(text: string): void {
    // One element a piece: what is replaced too soon is never spoken.
    const piece = document.createElement("p");
    piece.textContent = text.trim();
    this.#region.append(piece);
    while (this.#region.childElementCount > 4) this.#region.firstElementChild?.remove();
  }
}

function lastSentenceEnd(text: string): number {
  const match = /^.*[.!?](?=\s)/s.exec(text);
  return match ? match[0].length : 0;
}
