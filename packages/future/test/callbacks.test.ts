import { describe, expect, test } from "vitest";
import { Future, type WaiterNode } from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { drive, waitFor } from "./support/drive.ts";
import { lab, thrown } from "./support/lab.ts";

describe("done callbacks", () => {
  test("FUT-010 F2 none has run when the settler returns; on the next pass they run in registration order", () => {
    const { loop, log, mark, note } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    future.addDoneCallback((done) => log.push(`a ${done.result()}`));
    future.then(note("then"));
    drive(loop, function* () {
      log.push(`task ${yield* future}`);
    });
    loop.runUntilIdle();
    future.addDoneCallback((done) => log.push(`b ${done === future}`));
    mark("before");
    loop.callSoon(() => {
      resolve(7);
      log.push("settled");
      mark("after");
    });
    loop.runUntilIdle();
    expect(log).toEqual(["before", "settled", "a 7", "then 7", "task 7", "b true", "after"]);
  });

  test("F2 the same for cancel and reject", () => {
    for (const how of ["cancel", "reject"] as const) {
      const { loop, log, note } = lab();
      const made = Future.withResolvers<number>({ loop });
      made.future.addDoneCallback(() => log.push("first"));
      made.future.catch(note("second"));
      made.future.addDoneCallback(() => log.push("third"));
      if (how === "cancel") made.future.cancel();
      else made.reject("no");
      log.push("settled");
      loop.runUntilIdle();
      expect(log).toEqual([
        "settled",
        "first",
        how === "cancel" ? "second CancelledError: Cancelled" : "second no",
        "third",
      ]);
    }
  });

  test("F3 a callback added after settling still runs, later", () => {
    const { loop, log, note } = lab();
    const future = Future.resolve(1, { loop });
    future.addDoneCallback(() => log.push("callback"));
    future.then(note("then"));
    log.push("added");
    loop.runUntilIdle();
    expect(log).toEqual(["added", "callback", "then 1"]);
  });

  test("FUT-012 F4 one of three is removed, even twice; the others run in their order", () => {
    const callbacks = (log: string[]) => ["c1", "c2", "c3"].map((name) => () => void log.push(name));
    for (const gone of [0, 1, 2]) {
      const { loop, log } = lab();
      const { future, resolve } = Future.withResolvers<void>({ loop });
      const all = callbacks(log);
      for (const callback of all) future.addDoneCallback(callback);
      const removed = all[gone] as () => void;
      expect([future.removeDoneCallback(removed), future.removeDoneCallback(removed)]).toEqual([1, 0]);
      resolve();
      loop.runUntilIdle();
      expect(log).toEqual(["c1", "c2", "c3"].filter((_, index) => index !== gone));
    }
  });

  test("FUT-013 the same callback added six times is removed six times; an unknown one 0 times", () => {
    const { loop, log } = lab();
    const { future, resolve } = Future.withResolvers<void>({ loop });
    const often = () => void log.push("often");
    for (let time = 0; time < 6; time++) future.addDoneCallback(often);
    future.addDoneCallback(() => log.push("other"));
    expect(future.removeDoneCallback(() => {})).toBe(0);
    expect(future.removeDoneCallback(often)).toBe(6);
    expect(countWaiters(future)).toBe(1);
    resolve();
    loop.runUntilIdle();
    expect(log).toEqual(["other"]);
  });

  test("F4 taking them back looks through those who wait once, however many: not once for each", () => {
    const { loop, log } = lab();
    const { future, resolve } = Future.withResolvers<void>({ loop });
    let looks = 0;
    let next: WaiterNode | null = null;
    future.observe({
      waitsIn: null,
      previousWaiter: null,
      wake() {},
      get nextWaiter() {
        looks++;
        return next;
      },
      set nextWaiter(node) {
        next = node;
      },
    });
    const add = () => {
      const callbacks = Array.from({ length: 100 }, (_, index) => () => void log.push(String(index)));
      for (const callback of callbacks) future.addDoneCallback(callback);
      return callbacks;
    };
    for (const callback of [...add(), ...add()]) expect(future.removeDoneCallback(callback)).toBe(1);
    for (const callback of add().slice(1)) expect(future.removeDoneCallback(callback)).toBe(1);
    expect(looks).toBeLessThan(10);
    resolve();
    loop.runUntilIdle();
    expect(log).toEqual(["0"]);
  });

  test("F4 a settled future keeps nothing of its callbacks, although some were taken back before", () => {
    const { loop } = lab();
    const { future, resolve } = Future.withResolvers<void>({ loop });
    const [gone, stays] = [() => {}, () => {}];
    for (const callback of [gone, stays]) future.addDoneCallback(callback);
    future.removeDoneCallback(gone);
    resolve();
    loop.runUntilIdle();
    future.addDoneCallback(stays);
    loop.runUntilIdle();
    expect(Object.values(future).filter((kept) => kept instanceof Map)).toEqual([]);
  });

  test("once settled, callbacks are on their way and cannot be taken back", () => {
    const { loop, log } = lab();
    const { future, resolve } = Future.withResolvers<void>({ loop });
    const callback = () => void log.push("ran");
    future.addDoneCallback(callback);
    resolve();
    expect(future.removeDoneCallback(callback)).toBe(0);
    loop.runUntilIdle();
    expect(log).toEqual(["ran"]);
  });

  test("L5 what a callback throws is reported, with its name and the future's, and the next one runs", () => {
    const { loop, log, reports } = lab();
    const future = Future.resolve(1, { loop, name: "answer" });
    const error = new Error("oops");
    future.addDoneCallback(function broken() {
      throw error;
    });
    future.addDoneCallback(() => log.push("next"));
    loop.runUntilIdle();
    expect(log).toEqual(["next"]);
    expect(reports).toEqual([[error, { what: "done callback", name: "answer", callback: "broken" }]]);
  });

  test("L5 a callback whose name is no string is called, and what it throws is reported", () => {
    const { loop, reports } = lab();
    const callback = Object.defineProperty(
      () => {
        throw new Error("no");
      },
      "name",
      { value: Symbol("s") },
    );
    Future.resolve(1, { loop, name: "f" }).addDoneCallback(callback);
    loop.runUntilIdle();
    expect(reports).toEqual([[new Error("no"), { what: "done callback", name: "f", callback: "a callback" }]]);
  });

  test("what is no function is refused at once", () => {
    const future = Future.resolve(1, { loop: lab().loop });
    for (const bad of [undefined, null, 5, {}]) {
      expect(thrown(() => future.addDoneCallback(bad as never))).toBeInstanceOf(TypeError);
    }
  });
});

describe("waiting tasks", () => {
  test("FUT-007 a pending future is asked for once; when it is done it yields nothing at all", () => {
    const { loop, log } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const task = drive(loop, function* () {
      log.push(`first ${yield* future}`);
      log.push(`second ${yield* future}`);
    });
    loop.runUntilIdle();
    expect(task.request).toBe(future);
    resolve(42);
    loop.runUntilIdle();
    expect(log).toEqual(["first 42", "second 42"]);
    const steps = [...stepsOf(loop, () => waitFor(future))];
    expect(steps).toEqual([]);
  });

  test("FUT-028 several tasks wait for one future and all get its value", () => {
    const { loop } = lab();
    const { future, resolve } = Future.withResolvers<string>({ loop });
    const tasks = [1, 2, 3].map(() => drive(loop, () => waitFor(future)));
    loop.runUntilIdle();
    expect(countWaiters(future)).toBe(3);
    resolve("all");
    expect(countWaiters(future)).toBe(0);
    loop.runUntilIdle();
    expect(tasks.map((task) => task.value)).toEqual(["all", "all", "all"]);
  });

  test("FUT-024 a task of another loop is refused, with both named", () => {
    const [here, there] = [lab().loop, lab().loop];
    const { future } = Future.withResolvers({ loop: there, name: "far" });
    const task = drive(here, () => waitFor(future), "near");
    here.runUntilIdle();
    expect(task.error).toMatchObject({ code: "MISUSE", name: "MisuseError" });
    expect((task.error as Error).message).toBe(
      'Cannot wait for future "far" in task "near": it is on another loop; use `until(future)`',
    );
    expect(countWaiters(future)).toBe(0);
  });

  test("TASK-003 a future that is its own waiter is refused", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers({ loop, name: "me" });
    const error = thrown(() => future.park(future as never)) as Error;
    expect(error.message).toBe('Cannot wait for future "me" in itself: it would never end');
    expect(countWaiters(future)).toBe(0);
  });

  test("F5 giving up the wait leaves the future and the other waiters alone", () => {
    const { loop } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const [a, b] = [drive(loop, () => waitFor(future)), drive(loop, () => waitFor(future))];
    loop.runUntilIdle();
    a.interrupt(new Error("gone"));
    expect([future.state, countWaiters(future)]).toEqual(["pending", 1]);
    resolve(5);
    loop.runUntilIdle();
    expect([a.error, b.value]).toEqual([new Error("gone"), 5]);
  });

  test("a waiter that parks on a settled future is woken", () => {
    const { loop } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const task = drive(loop, function* () {
      resolve(1); // between the question and the parking nothing can happen; this is as near as it gets
      return yield* future;
    });
    loop.runUntilIdle();
    expect(task.value).toBe(1);
  });

  test("F6 a future as a value is not waited for", () => {
    const { loop } = lab();
    const inner = Future.withResolvers<number>({ loop }).future;
    const task = drive(loop, () => waitFor(Future.resolve(inner, { loop })));
    loop.runUntilIdle();
    expect(task.value).toBe(inner);
  });
});

/** What a body yields before it ends: each is a wait. */
function* stepsOf(loop: ReturnType<typeof lab>["loop"], body: () => Generator<unknown, unknown, unknown>) {
  const seen: unknown[] = [];
  drive(loop, function* () {
    const steps = body();
    let step = steps.next();
    while (!step.done) {
      seen.push(step.value);
      step = steps.next(yield step.value as never);
    }
    return step.value;
  });
  loop.runUntilIdle();
  yield* seen;
}
