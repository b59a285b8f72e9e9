import { byId } from "./element.ts";

export interface ComposerActions {
  send(text: string): void;
  stop(): void;
}

/** The message box: Enter sends, Shift+Enter starts a line, Escape stops. */
export class Composer {
  readonly #prompt: HTMLTextAreaElement = byId("prompt", HTMLTextAreaElement);
  readonly #send: HTMLButtonElement = byId("send", HTMLButtonElement);
  readonly #stop: HTMLButtonElement = byId("stop", HTMLButtonElement);
  readonly #actions: ComposerActions;
  #running = false;

  constructor(actions: ComposerActions) {
    this.#actions = actions;
    byId("composer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#prompt.addEventListener("keydown", (event) => {
      // Enter that ends the composition of a character belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#prompt.addEventListener("input", () => this.#update());
    this.#stop.addEventListener("click", () => this.#actions.stop());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#running) this.#actions.stop();
    });
    this.#update();
  }

  /** Shows Stop instead of Send while an answer is being written. */
  set running(running: boolean) {
    const focused = document.activeElement === this.#stop || document.activeElement === this.#send;
    this.#running = running;
    this.#update();
    // The button that had the focus is gone: the box is the next thing one wants.
    if (focused) this.focus();
  }

  /** Shows that Stop was pressed and its answer is not there yet. */
  stopping(): void {
    this.#stop.disabled = true;
  }

  focus(): void {
    this.#prompt.focus({ preventScroll: true });
  }

  #submit(): void {
    const text = this.#prompt.value.trim();
    if (text === "" || this.#running) return;
    this.#prompt.value = "";
    this.#update();
    this.#actions.send(text);
  }

  #update(): void {
    this.#send.hidden = this.#running;
    this.#stop.hidden = !this.#running;
    this.#stop.disabled = false;
    this.#send.disabled = this.#prompt.value.trim() === "";
    // Where the browser cannot size the box by its content.
    if (!CSS.supports("field-sizing", "content")) {
      this.#prompt.style.height = "auto";
      this.#prompt.style.height = `${this.#prompt.scrollHeight}px`;
    }
  }
}
