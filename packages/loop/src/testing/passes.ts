import type { Callback } from "../callback.ts";
import { call } from "../current.ts";
import { LoopError } from "../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Arrange, Ready } from "./order.ts";

/** What is ready to run on a `VirtualLoop`, and how it is run: pass after pass (L3), up to a limit while time stands. */
export class Passes {
  readonly #loop: Scheduler;
  readonly #arrange: Arrange | undefined;
  readonly #maxCallbacks: number;
  #ready: Ready[] = [];
  #ranAtInstant = 0;

  constructor(loop: Scheduler, arrange: Arrange | undefined, maxCallbacks: number) {
    this.#loop = loop;
    this.#arrange = arrange;
    this.#maxCallbacks = maxCallbacks;
  }

  get waiting(): boolean {
    return this.#ready.length > 0;
  }

  push(callback: Callback, arg: unknown): void {
    this.#ready.push({ callback, arg });
  }

  /** Time has moved, or somebody has called: what runs now is counted afresh. */
  countAfresh(): void {
    this.#ranAtInstant = 0;
  }

  /** Runs passes until nothing is ready. @throws {LoopError} `LOOP_LIVELOCK` if that does not come. */
  run(): void {
    while (this.#ready.length > 0) {
      const pass = this.#ready;
      this.#ready = [];
      this.#arrange?.(pass);
      let at = 0;
      try {
        for (const { callback, arg } of pass) {
          this.#call(callback, arg);
          at++;
        }
      } finally {
        if (at < pass.length) this.#ready = [...pass.slice(at), ...this.#ready]; // a livelock has lost nothing
      }
    }
  }

  #call(callback: Callback, arg: unknown): void {
    if (++this.#ranAtInstant > this.#maxCallbacks) {
      const seen = `${this.#maxCallbacks} callbacks ran and time still stands at ${this.#loop.now()} ms`;
      throw new LoopError("LOOP_LIVELOCK", "run until idle", `${seen}; look for a callback that re-posts itself`);
    }
    call("callback", callback, arg);
  }
}
