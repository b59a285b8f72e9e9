/** A timer as the host gives it, on the loop of a test. */
import type { TimerHandle } from "@skein/future";
import type { Birth } from "./births.ts";
import type { TestLoop } from "./test-loop.ts";

type Callback = (...args: unknown[]) => void;

/** The functions that stand in for the host's. */
export interface TimerKit {
  setTimeout(callback: Callback, ms?: number, ...args: unknown[]): ForeignTimer;
  setInterval(callback: Callback, ms?: number, ...args: unknown[]): ForeignTimer;
  clearTimeout(timer: unknown): void;
  clearInterval(timer: unknown): void;
}

/** Has what Node's timers have; as a number, its id. */
export class ForeignTimer {
  readonly id: number;
  private readonly loop: TestLoop;
  private readonly birth: Birth;
  private readonly ms: number;
  private readonly run: () => void;
  private handle: TimerHandle;

  private constructor(loop: TestLoop, id: number, ms: number | undefined, run: () => void, repeats: boolean) {
    this.loop = loop;
    this.id = id;
    this.ms = Math.max(1, Math.trunc(Number(ms ?? 1)) || 1); // as the host: 1 ms at least
    this.run = () => {
      if (repeats) this.refresh();
      run();
    };
    this.birth = loop.note(repeats ? "interval" : "timeout");
    this.handle = loop.callLaterFor(this.birth, this.ms, this.run);
  }

  /** The host's functions, with ids of their own. */
  static kit(loop: TestLoop): TimerKit {
    const timers = new Map<number, ForeignTimer>();
    let ids = 0;
    const set =
      (repeats: boolean) =>
      (callback: Callback, ms?: number, ...args: unknown[]): ForeignTimer => {
        const run = (): void => {
          if (!repeats) timers.delete(timer.id);
          callback(...args);
        };
        const timer = new ForeignTimer(loop, ++ids, ms, run, repeats);
        timers.set(timer.id, timer);
        return timer;
      };
    const clear = (timer: unknown): void => {
      const id = timer instanceof ForeignTimer ? timer.id : Number(timer);
      timers.get(id)?.close();
      timers.delete(id);
    };
    return { setTimeout: set(false), setInterval: set(true), clearTimeout: clear, clearInterval: clear };
  }

  /** Starts anew. */
  refresh(): this {
    this.handle.cancel();
    this.handle = this.loop.callLaterFor(this.birth, this.ms, this.run);
    return this;
  }
  close(): this {
    this.handle.cancel();
    return this;
  }
  /** Nothing here holds a process open. */
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return this.id;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}
