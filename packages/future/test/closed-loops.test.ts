import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import {
  all,
  asCompleted,
  EventLoop,
  Future,
  follow,
  race,
  type Scheduler,
  type TimerHandle,
  wait,
  withTimeout,
} from "../src/index.ts";
import { countWaiters, VirtualLoop } from "../src/testing/index.ts";
import { drive, waitFor } from "./support/drive.ts";
import { lab, thrown } from "./support/lab.ts";

const nothing = () => {};

/** A scheduler that is no EventLoop, and can be closed. */
class Closable extends VirtualLoop {
  closed = false;
  override callSoon(callback: (arg: never) => void, arg?: unknown): void {
    this.#refuse();
    super.callSoon(callback as (arg: unknown) => void, arg);
  }
  override callLater(delayMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    this.#refuse();
    return super.callLater(delayMs, callback as (arg: unknown) => void, arg);
  }
  #refuse(): void {
    if (this.closed) throw Object.assign(new Error("gone"), { code: "LOOP_CLOSED" });
  }
}

describe("a future whose loop is closed", () => {
  for (const how of ["resolve", "reject", "cancel"] as const) {
    test(`F1 F2 ${how} settles it and drops who waits there, whatever way they wait`, () => {
      const loop = new EventLoop();
      const { future, resolve, reject } = Future.withResolvers<number>({ loop });
      const called: string[] = [];
      future.addDoneCallback(() => called.push("callback"));
      const derived = future.then(() => called.push("then"));
      const combined = [all([future]), race([future]), Future.from(future)];
      const signal = future.toSignal();
      loop.close();
      const settle = {
        resolve: () => resolve(1),
        reject: () => reject(new Error("no")),
        cancel: () => future.cancel(),
      };
      expect(settle[how]()).toBe(true);
      expect([future.state, countWaiters(future)]).toEqual([how === "cancel" ? "cancelled" : "done", 0]);
      expect([called, derived.state, signal.aborted]).toEqual([[], "pending", false]);
      expect(combined.slice(0, 2).map(({ state }) => state)).toEqual([future.state, future.state]);
      expect(resolve(2)).toBe(false);
    });
  }

  test("F2 waiters on other loops are served, those on the closed one are dropped", () => {
    const far = lab();
    const loop = new EventLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop: far.loop });
    const other = new VirtualLoop();
    const after: string[] = [];
    future.addDoneCallback(far.note("first"));
    const lost = Future.from(future, { loop, name: "lost" }).then(nothing);
    const raced = race([Future.withResolvers<number>({ loop }).future, future], { loop });
    Future.from(future, { loop: other }).then(() => after.push("other loop"));
    const task = drive(far.loop, () => waitFor(future));
    far.loop.runUntilIdle();
    loop.close();
    expect(resolve(1)).toBe(true);
    far.loop.runUntilIdle();
    other.runUntilIdle();
    expect([far.log, after, task.value]).toEqual([["first [object Future]"], ["other loop"], 1]);
    expect([lost.state, raced.state]).toEqual(["pending", "done"]);
  });

  test("F1 the same with a scheduler of another make, known by the code of its error", () => {
    const loop = new Closable();
    const waited = Future.withResolvers<number>({ loop });
    waited.future.addDoneCallback(nothing);
    const unheard = Future.withResolvers<number>({ loop });
    loop.closed = true;
    expect([waited.resolve(1), unheard.reject(new Error("no"))]).toEqual([true, true]);
  });

  test("what else a waiter throws is thrown, once the others are served", () => {
    const { loop, log, note } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const error = new Error("a bug of the waiter's");
    future.observe({
      waitsIn: null,
      previousWaiter: null,
      nextWaiter: null,
      wake() {
        throw error;
      },
    });
    future.then(note("served"));
    expect(thrown(() => resolve(1))).toBe(error);
    loop.runUntilIdle();
    expect([log, future.state]).toEqual([["served 1"], "done"]);
  });

  test("to ask it for a callback by hand is refused all the same", () => {
    const loop = new EventLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    loop.close();
    resolve(1);
    expect(thrown(() => future.addDoneCallback(nothing))).toMatchObject({ code: "LOOP_CLOSED" });
    expect(thrown(() => future.then(nothing))).toMatchObject({ code: "LOOP_CLOSED" });
  });

  test("F4 a time limit that it refuses leaves nothing behind, neither on futures nor on promises", async () => {
    const limits: ((members: Promise<number>[], loop: Scheduler) => unknown)[] = [
      ([member], loop) => withTimeout(member as Promise<number>, 5, { loop }),
      (members, loop) => wait(members, { loop, timeoutMs: 5 }),
      (members, loop) => asCompleted(members, { loop, timeoutMs: 5 }),
    ];
    for (const limit of limits) {
      const loop = new Closable();
      const { future } = Future.withResolvers<number>({ loop: lab().loop });
      const query = { then: () => {} };
      loop.closed = true;
      for (const member of [future, new Promise(nothing), query]) {
        expect(thrown(() => limit([member as never], loop))).toMatchObject({ code: "LOOP_CLOSED" });
      }
      expect([countWaiters(future), loop.holds]).toEqual([0, []]);
    }
  });

  test("an abort reaches all who follow it, although the loop of some is closed", () => {
    const loop = new EventLoop();
    const { loop: open } = lab();
    const { signal } = new AbortController();
    const on = (loop: Scheduler) => {
      const future = Future.from(new Promise<never>(nothing), { loop, signal });
      future.then(nothing, nothing);
      return future;
    };
    const futures = [on(loop), on(open)];
    follow(signal, { cancel: () => loop.callSoon(nothing) }); // as a task may, to see its cancel
    futures.push(on(open));
    loop.close();
    // By hand: what a listener throws in an abort would go to the process, and not to this test.
    const [listener] = getEventListeners(signal, "abort") as unknown as [{ handleEvent(): void }];
    listener.handleEvent();
    expect(futures.map(({ state }) => state)).toEqual(["cancelled", "cancelled", "cancelled"]);
  });
});
