import { describe, expect, test } from "vitest";
import {
  bridge,
  Event,
  Future,
  type Operation,
  parkOn,
  type Request,
  run,
  Semaphore,
  takeResumed,
  until,
  type Wait,
  Waitable,
  type Waiter,
} from "../../src/index.ts";
import { checkOperation, type OperationCase, type VirtualLoop } from "../../src/testing/index.ts";

type Make = (loop: VirtualLoop) => OperationCase<unknown>;

/** Takes all that a primitive has, outside any task. */
function taken<P extends { acquire(count?: number): Operation<void>; release(count?: number): void }>(
  loop: VirtualLoop,
  primitive: P,
  count: number,
): P {
  run(() => primitive.acquire(count), { loop });
  loop.runUntilIdle();
  return primitive;
}

const cases: Record<string, Make> = {
  "a future": (loop) => {
    const { future, resolve } = Future.withResolvers<number>({ loop });
    return { operation: () => future, provide: () => resolve(42), answer: 42 };
  },
  "an event": () => {
    const event = new Event();
    return { operation: () => event.wait(), provide: () => event.set() };
  },
  "a signal": () => {
    const control = new AbortController();
    return { operation: () => until(control.signal), provide: () => control.abort("enough"), answer: "enough" };
  },
  "a permit": (loop) => {
    const semaphore = taken(loop, new Semaphore(1), 1);
    return { operation: () => semaphore.acquire(), provide: () => semaphore.release() };
  },
  "two permits": (loop) => {
    const semaphore = taken(loop, new Semaphore(2), 2);
    return { operation: () => semaphore.acquire(2), provide: () => semaphore.release(2) };
  },
};

describe.each(Object.entries(cases))("checkOperation: %s", (_name, make) => {
  test.each(checkOperation(make))("$id $name", ({ run }) => run());
});

describe("checkOperation finds", () => {
  /** A wait for `open`, done badly in one way. */
  class Gate extends Waitable<void> implements Request {
    open = false;
    waiters: Waiter[] = [];
    readonly fault: string;
    constructor(fault: string) {
      super();
      this.fault = fault;
    }
    next(): IteratorResult<Wait, void> {
      if (this.fault !== "takes no notice of being woken" && takeResumed()) return { done: true, value: undefined };
      if (this.open && this.fault === "is no cancellation point") return { done: true, value: undefined };
      return parkOn(this);
    }
    override throw(error: unknown): never {
      if (this.fault === "swallows the cancel") throw new Error("swallowed");
      throw error;
    }
    park(waiter: Waiter): void {
      if (this.open && this.fault !== "waits though it is there") waiter.wake();
      else this.waiters.push(waiter);
    }
    unpark(waiter: Waiter): void {
      if (this.fault !== "keeps a waiter that left") this.waiters = this.waiters.filter((other) => other !== waiter);
    }
    describe(): string {
      return this.fault === "says nothing of itself" ? "" : "a gate";
    }
    provide(): void {
      this.open = true;
      for (const waiter of this.waiters.splice(0)) waiter.wake();
    }
  }
  const failing = (fault: string): string[] =>
    checkOperation(() => {
      const gate = new Gate(fault);
      return { operation: () => gate, provide: () => gate.provide() };
    }).flatMap(({ id, run }) => {
      try {
        run();
        return [];
      } catch {
        return [id];
      } finally {
        bridge.request = null;
      }
    });

  test.each([
    ["nothing", []],
    ["says nothing of itself", ["answer"]],
    ["takes no notice of being woken", ["answer", "answer", "ask", "ask", "ask", "wake wins", "cleanup"]],
    ["waits though it is there", ["answer", "ask", "ask"]],
    ["is no cancellation point", ["ask", "wake wins"]],
    ["swallows the cancel", ["ask", "ask", "ask", "ask", "wake wins", "cleanup"]],
    ["keeps a waiter that left", ["ask"]],
  ])("a gate that %s", (fault, ids) => expect(failing(fault)).toEqual(ids));
});
