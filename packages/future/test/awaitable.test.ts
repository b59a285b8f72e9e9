import { VirtualLoop } from "@skein/loop/testing";
import { describe, expect, test } from "vitest";
import type { Wait, Waiter, WaiterNode } from "../src/awaitable.ts";
import { bridge } from "../src/awaitable.ts";
import { InvalidStateError } from "../src/errors.ts";
import { Future } from "../src/future.ts";
import { checkAwaitable, Probe } from "../src/testing/index.ts";
import { dequeue, enqueue, shift } from "../src/wait-queue.ts";
import { PAUSE, parkOn, ready, takeResumed, Waitable } from "../src/waiting.ts";
import { drive, waitFor } from "./support/drive.ts";

describe("a Future keeps the rules of awaitable.ts", () => {
  const checks = checkAwaitable((loop) => {
    const { future, resolve } = Future.withResolvers<number>({ loop });
    return { operation: () => future, provide: () => resolve(42), answer: 42 };
  });
  for (const { id, name, run } of checks) test(`${id} ${name}`, run);
});

/** A permit that is handed over to the first waiter: the other kind of awaitable there is. */
class Permit extends Waitable<string> {
  firstWaiter: WaiterNode | null = null;
  free = false;
  next(): IteratorResult<Wait, string> {
    if (takeResumed()) return { done: true, value: "permit" };
    if (this.free && ready()) return this.take();
    return parkOn(this.free ? PAUSE : this);
  }
  take(): IteratorReturnResult<string> {
    this.free = false;
    return { done: true, value: "permit" };
  }
  park(waiter: Waiter): void {
    enqueue(this, waiter);
  }
  unpark(waiter: Waiter): void {
    dequeue(this, waiter);
  }
  describe(): string {
    return "permit";
  }
  give(): void {
    const first = shift(this);
    if (first === null) this.free = true;
    else first.wake();
  }
}

const checksOf = (Kind: new () => Permit) =>
  checkAwaitable(() => {
    const permit = new Kind();
    return { operation: () => permit, provide: () => permit.give(), answer: "permit" };
  });

describe("a hand-over keeps the rules of awaitable.ts", () => {
  for (const { id, name, run } of checksOf(Permit)) test(`${id} ${name}`, run);
});

test("checkAwaitable takes an answer that cannot be turned into text", () => {
  const answer = Object.create(null);
  const checks = checkAwaitable((loop) => {
    const { future, resolve } = Future.withResolvers<object>({ loop });
    return { operation: () => future, provide: () => resolve(answer), answer };
  });
  for (const check of checks) check.run();
});

describe("checkAwaitable finds what is broken", () => {
  const broken: Record<string, [ids: string, Kind: new () => Permit]> = {
    "enqueues while asking": [
      "A1",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          const waiter = bridge.running;
          const result = super.next();
          if (!result.done && waiter !== null && waiter.waitsIn === null) enqueue(this, waiter);
          return result;
        }
      },
    ],
    "forgets the resumed bit": [
      "A2",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          if (bridge.resumed) return { done: true, value: "permit" };
          return super.next();
        }
      },
    ],
    "lets a barger have what was handed over": [
      "A2",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          takeResumed();
          if (this.free && ready()) return this.take();
          return parkOn(this.free ? PAUSE : this);
        }
        override give(): void {
          this.free = true;
          shift(this)?.wake();
        }
      },
    ],
    "does not let go of a waiter that leaves": [
      "A3",
      class extends Permit {
        override unpark(): void {}
      },
    ],
    "wakes everybody for one permit, also who left": [
      "A3",
      class extends Permit {
        #all: Waiter[] = [];
        override park(waiter: Waiter): void {
          this.#all.push(waiter);
          super.park(waiter);
        }
        override give(): void {
          super.give();
          for (const waiter of this.#all) if (waiter.waitsIn === null) waiter.wake();
        }
      },
    ],
    "answers for nothing": [
      "A4",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          if (takeResumed() || this.free) return this.take();
          return parkOn(this);
        }
      },
    ],
    "takes the permit before it asks for a pause": [
      "A4",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          if (takeResumed()) return { done: true, value: "permit" };
          if (!this.free) return parkOn(this);
          this.free = false;
          return ready() ? this.take() : parkOn(PAUSE);
        }
      },
    ],
    "hands out undefined by hand": [
      "A5",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          if (bridge.running === null || bridge.request !== null) return { done: true, value: "nothing" };
          return super.next();
        }
      },
    ],
    "yields something of its own": [
      "A1",
      class extends Permit {
        override next(): IteratorResult<Wait, string> {
          const result = super.next();
          return result.done ? result : { done: false, value: "wait" as unknown as Wait };
        }
      },
    ],
  };
  for (const [name, [ids, Kind]] of Object.entries(broken)) {
    test(name, () => {
      const failed = checksOf(Kind).filter(({ run }) => {
        try {
          run();
          return false;
        } catch {
          return true;
        }
      });
      const seen = new Set(failed.map(({ id }) => id));
      for (const id of ids.split(" ")) expect(seen).toContain(id);
    });
  }
});

describe("a driver", () => {
  test("FUT-009 A1 A2 stepped again without an answer a future is asked for again; resumed without one, it throws", () => {
    const loop = new VirtualLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop, name: "pizza" });
    const task = new Probe(loop);
    for (let time = 0; time < 2; time++) {
      const { result, request } = task.step(future);
      expect([result.done, request === future, task.waitsIn]).toEqual([false, true, null]);
    }
    const message = 'Cannot read the result of future "pizza": it is pending; await it';
    expect(() => task.step(future, { resumed: true })).toThrow(new InvalidStateError(message));
    task.park(task.step(future));
    resolve(1);
    expect([task.woken, task.step(future, { resumed: true }).result]).toEqual([1, { done: true, value: 1 }]);
  });

  test("A2 wake wins: what was handed over is returned although the future is cancelled afterwards", () => {
    const loop = new VirtualLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const task = drive(loop, () => waitFor(future));
    loop.runUntilIdle();
    resolve(1);
    expect(future.cancel()).toBe(false);
    loop.runUntilIdle();
    expect(task.value).toBe(1);
  });

  test("A3 a cancelled wait is taken out first and the future is left alone (F5)", () => {
    const loop = new VirtualLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const quitter = drive(loop, () => waitFor(future));
    const stayer = drive(loop, () => waitFor(future));
    loop.runUntilIdle();
    quitter.interrupt(new Error("enough"));
    expect(quitter.error).toEqual(new Error("enough"));
    expect(future.state).toBe("pending");
    resolve(2);
    loop.runUntilIdle();
    expect(stayer.value).toBe(2);
  });

  test("A4 a loop over ready answers gives the others a turn when its fuel is spent", () => {
    const loop = new VirtualLoop();
    const done = Future.resolve("x", { loop });
    const log: string[] = [];
    const task = drive(loop, function* () {
      for (let i = 0; i < 5; i++) log.push(`${yield* done}${i}`);
    });
    task.fuel = 2;
    loop.callSoon(() => log.push("other"));
    loop.runUntilIdle();
    expect(log).toEqual(["x0", "x1", "other", "x2", "x3", "x4"]);
  });

  test("A6 steps nest: a step inside a step leaves the outer one's bridge as it was", () => {
    const loop = new VirtualLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const seen: unknown[] = [];
    const outer = drive(loop, function* () {
      const nested = drive(loop, () => waitFor(future), "nested");
      nested.interrupt(new Error("stop"));
      seen.push(bridge.running === outer, bridge.request);
      return yield* future;
    });
    loop.runUntilIdle();
    resolve(3);
    loop.runUntilIdle();
    expect(seen).toEqual([true, null]);
    expect(outer.value).toBe(3);
    expect(bridge).toMatchObject({ running: null, request: null, resumed: false });
  });
});
