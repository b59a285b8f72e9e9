import type { ErrorInfo, Hold, Scheduler, TimerHandle } from "../../src/index.ts";
import { type MakeScheduler, VirtualLoop } from "../../src/testing/index.ts";

type Callback = (arg: never) => void;
type OnError = (error: unknown, info: ErrorInfo) => void;

interface TinyTimer extends TimerHandle {
  run(): void;
}

/** A scheduler as somebody might write it: 50 lines, nothing of ours in it but the contract. */
export class TinyLoop implements Scheduler {
  #ready: (() => void)[] = [];
  #timers: TinyTimer[] = [];
  #nowMs = 1_000;
  readonly #onError: OnError;

  constructor(onError: OnError) {
    this.#onError = onError;
  }

  callSoon(callback: Callback, arg?: unknown): void {
    if (typeof callback !== "function") throw new TypeError("no function");
    this.#ready.push(() => callback(arg as never));
  }

  callLater(delayMs: number, callback: Callback, arg?: unknown): TimerHandle {
    if (typeof delayMs !== "number") throw new TypeError("no number");
    return this.callAt(this.#nowMs + delayMs, callback, arg);
  }

  callAt(deadlineMs: number, callback: Callback, arg?: unknown): TimerHandle {
    if (typeof callback !== "function" || typeof deadlineMs !== "number") throw new TypeError("wrong");
    if (Number.isNaN(deadlineMs)) throw new RangeError("NaN");
    let state: "waiting" | "fired" | "cancelled" = "waiting";
    const timer: TinyTimer = {
      deadlineMs,
      get cancelled() {
        return state === "cancelled";
      },
      cancel: () => {
        if (state === "waiting") state = "cancelled";
      },
      run: () => {
        if (state === "cancelled") return;
        state = "fired";
        callback(arg as never);
      },
    };
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.deadlineMs - b.deadlineMs);
    return timer;
  }

  now(): number {
    return this.#nowMs;
  }

  reportError(error: unknown, info: ErrorInfo): void {
    try {
      this.#onError(error, info);
    } catch {}
  }

  hold(): Hold {
    return { release: () => {} };
  }

  advance(ms: number): void {
    for (let i = 0; i <= ms; i++) {
      while ((this.#timers[0]?.deadlineMs ?? Number.POSITIVE_INFINITY) <= this.#nowMs) {
        const timer = this.#timers.shift();
        this.#ready.push(() => timer?.run());
      }
      while (this.#ready.length > 0) this.#pass();
      this.#nowMs++;
    }
  }

  #pass(): void {
    for (const run of this.#ready.splice(0)) {
      try {
        run();
      } catch (error) {
        this.reportError(error, {});
      }
    }
  }
}

/** A VirtualLoop with one thing wrong. */
function broken(law: string, name: string, breakIt: (loop: VirtualLoop, onError: OnError) => object) {
  const make: MakeScheduler = (onError) => {
    const loop = new VirtualLoop({ onError });
    const wrong = breakIt(loop, onError);
    // Own methods of `wrong` win; everything else is the loop's.
    return new Proxy(loop, {
      get: (target, key) => {
        const value: unknown = Reflect.get(key in wrong ? wrong : target, key);
        return typeof value === "function" ? value.bind(key in wrong ? wrong : target) : value;
      },
    });
  };
  return [law, name, make] as const;
}

const soon = (loop: VirtualLoop, callback: Callback, arg: unknown) =>
  loop.callSoon(callback as () => void, arg as never);
const at = (loop: VirtualLoop, ms: number, callback: Callback, arg: unknown) => loop.callAt(ms, callback, arg as never);

export const BROKEN = [
  broken("L1", "a callback that runs inside callSoon", () => ({
    callSoon: (callback: Callback, arg: unknown) => callback(arg as never),
  })),
  broken("L2", "callbacks in reverse order", (loop) => {
    const stack: (() => void)[] = [];
    return {
      callSoon: (callback: Callback, arg: unknown) => {
        if (stack.length === 0)
          loop.callSoon(() =>
            stack
              .reverse()
              .splice(0)
              .forEach((run) => void run()),
          );
        stack.push(() => callback(arg as never));
      },
    };
  }),
  broken("L2", "a callback that runs twice", (loop) => ({
    callSoon: (callback: Callback, arg: unknown) => {
      soon(loop, callback, arg);
      soon(loop, callback, arg);
    },
  })),
  broken("L2", "the same callback kept only once", (loop) => {
    const known = new Set<Callback>();
    return {
      callSoon: (callback: Callback, arg: unknown) => {
        if (!known.has(callback)) soon(loop, callback, arg);
        known.add(callback);
      },
    };
  }),
  broken("L3", "what a callback schedules runs at once", (loop) => {
    let inside = false;
    return {
      callSoon: (callback: Callback, arg: unknown) => {
        if (inside) return callback(arg as never);
        loop.callSoon(() => {
          inside = true;
          callback(arg as never);
          inside = false;
        });
      },
    };
  }),
  broken("L4", "a timer that fires early", (loop) => ({
    callAt: (ms: number, callback: Callback, arg: unknown) => at(loop, ms - 1, callback, arg),
    callLater: (ms: number, callback: Callback, arg: unknown) => {
      const timer = at(loop, loop.now() + ms - 2, callback, arg);
      return Object.create(timer, { deadlineMs: { value: loop.now() + ms } }) as TimerHandle;
    },
  })),
  broken("L4", "equal deadlines in reverse order", (loop) => {
    let nudge = 0;
    return { callAt: (ms: number, callback: Callback, arg: unknown) => at(loop, ms - ++nudge / 1e6, callback, arg) };
  }),
  broken("L4", "deadlines in the past made equal", (loop) => ({
    callAt: (ms: number, callback: Callback, arg: unknown) => at(loop, Math.max(ms, loop.now()), callback, arg),
  })),
  broken("L5", "a throw that ends the pass", (loop, onError) => {
    let dead = false;
    return {
      callSoon: (callback: Callback, arg: unknown) =>
        loop.callSoon(() => {
          if (dead) return;
          try {
            callback(arg as never);
          } catch (error) {
            dead = true;
            onError(error, {});
          }
        }),
    };
  }),
  broken("L5", "an error that is told twice", (loop, onError) => ({
    reportError: (error: unknown, info: ErrorInfo) => {
      onError(error, info);
      loop.reportError(error, info);
    },
  })),
  broken("L6", "a cancel that forgets", (loop) => ({
    callLater: (ms: number, callback: Callback, arg: unknown) => {
      const timer = at(loop, loop.now() + ms, callback, arg);
      return { deadlineMs: timer.deadlineMs, cancelled: true, cancel: () => {} };
    },
  })),
  broken("L6", "a cancel that comes too late for a timer that is due", (loop) => ({
    callAt: (ms: number, callback: Callback, arg: unknown) => {
      let cancelled = false;
      at(
        loop,
        ms,
        () => {
          const was = cancelled;
          loop.callSoon(() => was || callback(arg as never));
        },
        undefined,
      );
      return { deadlineMs: ms, cancelled, cancel: () => (cancelled = true) };
    },
  })),
  [
    "L7",
    "a loop that keeps a timer",
    ((onError) => {
      const scheduler = new VirtualLoop({ onError });
      return { scheduler, advance: (ms) => scheduler.advance(ms), openHandles: () => 1 };
    }) satisfies MakeScheduler,
  ],
  broken("API", "no check of arguments", () => ({ callSoon: () => {} })),
] as const satisfies readonly (readonly [string, string, MakeScheduler])[];
