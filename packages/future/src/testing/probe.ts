import type { Scheduler } from "@skein/loop";
import { type Awaitable, bridge, type Request, type Wait, type Waiter, type WaiterNode } from "../awaitable.ts";
import { wrong } from "../options.ts";

/**
 * A driver that does one step at a time and notes what it sees, to look at an awaitable through the eyes of a task.
 *
 * @example
 * ```ts
 * import { Future } from "@skein/future";
 * import { Probe, VirtualLoop } from "@skein/future/testing";
 *
 * const loop = new VirtualLoop();
 * const { future, resolve } = Future.withResolvers<number>({ loop });
 * const probe = new Probe(loop);
 * probe.park(probe.step(future)); // as a task does that waits
 * resolve(42);
 * console.log(probe.woken); // 1
 * console.log(probe.step(future, { resumed: true }).result.value); // 42
 * ```
 */
export class Probe implements Waiter {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  readonly loop: Scheduler;
  readonly name: string;
  /** How often it was woken. */
  woken = 0;
  /** What it was woken with last. */
  given: unknown;
  /** How much fuel the last step has left. */
  fuel = 0;

  constructor(loop: Scheduler, name = "probe") {
    if (typeof (loop as Scheduler | null | undefined)?.callSoon !== "function") {
      throw wrong("make a probe", "loop", loop, "a Scheduler");
    }
    if (typeof name !== "string") throw wrong("make a probe", "name", name, "a string");
    this.loop = loop;
    this.name = name;
  }

  wake(value?: unknown): void {
    this.woken++;
    this.given = value;
  }

  /** Calls `next` as a driver does (A6): fresh with 100 units of fuel, or as said. What it throws, this throws. @throws {TypeError} If `operation` is no Awaitable. */
  step<T>(operation: Awaitable<T>, options: { resumed?: boolean; fuel?: number } = {}): Step<T> {
    if (typeof (operation as Awaitable<T> | null | undefined)?.[Symbol.iterator] !== "function") {
      throw wrong("step", "the operation", operation, "an Awaitable");
    }
    if (Object(options) !== options) throw wrong("step", "options", options, "an object");
    const { running, request, resumed, fuel } = bridge;
    bridge.running = this;
    bridge.request = null;
    bridge.resumed = options.resumed ?? false;
    bridge.fuel = options.fuel ?? 100;
    try {
      const result = operation[Symbol.iterator]().next(options.resumed ? this.given : undefined);
      this.fuel = bridge.fuel;
      return { result, request: bridge.request, bitLeft: bridge.resumed };
    } finally {
      Object.assign(bridge, { running, request, resumed, fuel });
    }
  }

  /** Parks on what a step asked for. @throws {TypeError} If `step` is no Step. @throws {Error} If it asked for nothing. */
  park(step: Step<unknown>): Request {
    if (typeof (step as Step<unknown> | null | undefined)?.request !== "object") {
      throw wrong("park", "the step", step, "what `step` gave");
    }
    if (step.request === null) throw new Error("Cannot park: the step asked for nothing; it has answered");
    step.request.park(this);
    return step.request;
  }
}

/** What one step has come to. */
export interface Step<T> {
  readonly result: IteratorResult<Wait, T>;
  /** What it wants to wait for; null if it has answered. */
  readonly request: Request | null;
  /** True if the resumed bit was not taken. (A2) */
  readonly bitLeft: boolean;
}
