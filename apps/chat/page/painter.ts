import type { MessageView } from "./message-view.ts";

/**
 * Collects text and shows it once per animation frame, however many tokens came. A hidden tab has no frames: there
 * the text waits, and `flush` shows it when the answer is over.
 */
export class Painter {
  readonly #view: MessageView;
  readonly #painted: () => void;
  #waiting = "";
  #frame = 0;

  /** @param painted called after each paint, to keep the end in view */
  constructor(view: MessageView, painted: () => void) {
    this.#view = view;
    this.#painted = painted;
  }

  add(text: string): void {
    this.#waiting += text;
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#waiting === "") return;
    const text = this.#waiting;
    this.#waiting = "";
    this.#view.append(text);
    this.#painted();
  }
}
