import type { Scheduler } from "@skein/loop";
import type { Awaitable, Request, Wait, Waiter, WaiterNode } from "../../src/awaitable.ts";
import { bridge } from "../../src/awaitable.ts";
import { PAUSE } from "../../src/waiting.ts";

/*
 * The smallest thing that can run a generator by the rules of `awaitable.ts`: a model of a task, and a way to read them.
 */
export class Driver implements Waiter {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  readonly loop: Scheduler;
  readonly name: string;
  ended = false;
  value: unknown;
  error: unknown;
  request: Request | null = null;
  fuel = 1000;
  readonly #generator: Generator<Wait, unknown, unknown>;

  constructor(loop: Scheduler, generator: Generator<Wait, unknown, unknown>, name = "driver") {
    this.loop = loop;
    this.name = name;
    this.#generator = generator;
    loop.callSoon(() => this.#step(() => this.#generator.next()));
  }

  wake(value?: unknown): void {
    this.request = null;
    this.loop.callSoon(() => {
      this.#step(() => {
        bridge.resumed = true; // A2
        return this.#generator.next(value);
      });
    });
  }

  /** Throws into the wait, as a cancel does: taken out first. (A3) */
  interrupt(error: unknown): void {
    this.request?.unpark(this);
    this.request = null;
    this.#step(() => this.#generator.throw(error));
  }

  #step(go: () => IteratorResult<Wait, unknown>): void {
    const saved = { ...bridge }; // A6
    Object.assign(bridge, { running: this, request: null, resumed: false, fuel: this.fuel });
    try {
      const { done, value } = go();
      if (done) {
        this.ended = true;
        this.value = value;
      } else {
        this.request = bridge.request;
      }
    } catch (error) {
      this.ended = true;
      this.error = error;
    } finally {
      Object.assign(bridge, saved);
    }
    if (this.ended || this.request === null) return;
    if (this.request === PAUSE) {
      this.request = null;
      this.loop.callSoon(() => this.#step(() => this.#generator.next()));
      return;
    }
    try {
      this.request.park(this);
    } catch (error) {
      this.request = null;
      this.#step(() => this.#generator.throw(error));
    }
  }
}

/** Runs `body` as a task of `loop` would be run. */
export function drive(loop: Scheduler, body: () => Generator<Wait, unknown, unknown>, name?: string): Driver {
  return new Driver(loop, body(), name);
}

/** A body that waits for one thing. */
export function* waitFor<T>(operation: Awaitable<T>): Generator<Wait, T, unknown> {
  return yield* operation;
}
