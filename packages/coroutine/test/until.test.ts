import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { Future, orphans, type Promised, run, scope, sleep, type Task, until } from "../src/index.ts";
import { afterGarbage, caught, ending, lab, read, tell } from "./support.ts";

/** A promise that a test settles when it likes, without the microtasks of the host. */
class Manual<T> implements PromiseLike<T> {
  readonly listeners: [((value: T) => unknown) | null | undefined, ((error: unknown) => unknown) | null | undefined][] =
    [];
  then<A, B>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.listeners.push([onValue, onError]);
    return this as unknown as PromiseLike<A | B>;
  }
  resolve(value: T): void {
    for (const [onValue] of this.listeners) onValue?.(value);
  }
  reject(error: unknown): void {
    for (const [, onError] of this.listeners) onError?.(error);
  }
}

describe("until", () => {
  test("gives what the promise gives, throws what it rejects with", () => {
    const { start, loop, finish, log, say } = lab();
    const good = new Manual<number>();
    const bad = new Manual<number>();
    const task = start(function* () {
      say(`got ${yield* until(good)}`);
      say(tell(yield* caught(() => until(() => bad))));
    });
    loop.runUntilIdle();
    expect(loop.idle).toBe(false); // held: virtual time does not jump while a promise is waited for
    good.resolve(42);
    loop.runUntilIdle();
    bad.reject(new Error("bad"));
    finish();
    expect([read(task), ...log]).toEqual(["fulfilled undefined", "0 got 42", "0 Error: bad"]);
    expect(loop.holds).toEqual([]);
  });

  test("a function is called only where the task really waits: a cancelled task starts nothing", () => {
    const { start, finish, log, say } = lab();
    const task: Task<void> = start(function* () {
      task.cancel();
      yield* until(() => {
        say("not reached");
        return new Manual();
      });
    });
    finish();
    expect([read(task), ...log]).toEqual(["cancelled undefined"]);
  });

  test("the signal aborts also where the promise settles between the cancel and the throw: its value is nobody's", () => {
    const { start, loop, finish, log, say } = lab();
    const answer = new Manual<string>();
    const reason = { why: "stop" };
    const task: Task<void> = start(function* () {
      yield* until((signal) => {
        signal.addEventListener("abort", () => say(`aborted ${signal.reason === reason}`));
        return answer;
      });
      say("not reached");
    });
    loop.runUntilIdle();
    task.cancel(reason);
    answer.resolve("too late");
    finish();
    expect([read(task), ...log]).toEqual(['cancelled {"why":"stop"}', "0 aborted true"]);
  });

  test("a function that throws, or gives no promise, throws at the wait", () => {
    const { play } = lab();
    const end = play(function* () {
      const thrown = yield* caught(() =>
        until(() => {
          throw new Error("sync");
        }),
      );
      const wrong = yield* caught(() => until((() => 5) as unknown as Promised<number>));
      return [tell(thrown), wrong.name];
    });
    expect(end).toBe('fulfilled ["Error: sync","TypeError"]');
  });

  test("cancelled, it leaves at once and aborts the signal with the identical reason; without one, with the CancelledError", () => {
    for (const reason of [new Error("why"), { code: 1 }, "text", undefined]) {
      const { start, loop, finish } = lab();
      const promise = new Manual<number>();
      let signal: AbortSignal | undefined;
      const task = start(function* () {
        yield* until((given) => {
          signal = given;
          return promise;
        });
      });
      const end = ending(task);
      loop.runUntilIdle();
      expect(signal?.aborted).toBe(false);
      task.cancel(reason);
      finish();
      expect([signal?.aborted, end()]).toEqual([true, `cancelled ${tell(reason)}`]);
      if (reason === undefined) expect((signal?.reason as Error | undefined)?.name).toBe("CancelledError");
      else expect(signal?.reason).toBe(reason);
      promise.resolve(0); // or it would be an orphan for the next test
    }
  });

  test("ADV-55 a promise that ignores its signal: the wait throws at once, the orphan is listed until it settles, a late rejection is reported once", () => {
    const { start, loop, finish, reports } = lab({ reports: true });
    const promise = new Manual<number>();
    const task = start(() => until(() => promise), { name: "fetcher" });
    const end = ending(task);
    loop.advance(7);
    task.cancel("stop");
    finish();
    expect([end(), loop.holds]).toEqual(["cancelled stop", []]);
    expect(orphans()).toEqual([{ task: "fetcher", sinceMs: 7 }]);
    promise.reject(new Error("too late"));
    finish();
    expect(orphans()).toEqual([]);
    expect(reports).toEqual(["late rejection, promise of fetcher: too late"]);
  });

  test("ADV-55 a rejection that the abort explains is no news; nor is a late value", () => {
    const { start, loop, finish } = lab();
    for (const settle of [
      (promise: Manual<number>) => promise.resolve(1),
      (promise: Manual<number>, signal: AbortSignal) => promise.reject(signal.reason),
      (promise: Manual<number>) => promise.reject(Object.assign(new Error("aborted"), { name: "AbortError" })),
    ]) {
      const promise = new Manual<number>();
      let signal: AbortSignal | undefined;
      const task = start(() =>
        until((given) => {
          signal = given;
          return promise;
        }),
      );
      ending(task);
      loop.runUntilIdle();
      task.cancel(new Error("stop"));
      loop.runUntilIdle();
      settle(promise, signal as AbortSignal);
      finish();
      expect(orphans()).toEqual([]);
    }
  });

  test("one that rejects between the cancel and its delivery is reported once, too", () => {
    const { start, loop, finish, reports } = lab({ reports: true });
    const promise = new Manual<number>();
    const task = start(() => until(promise), { name: "fetcher" });
    const end = ending(task);
    loop.runUntilIdle();
    task.cancel("stop");
    promise.reject(new Error("just now"));
    finish();
    expect([end(), orphans().length, ...reports]).toEqual([
      "cancelled stop",
      0,
      "unheard rejection, promise of fetcher: just now",
    ]);
  });

  test("wake wins: settled and then cancelled in one turn: the value is delivered, nothing is aborted, no orphan", () => {
    const { start, loop, finish, log, say } = lab();
    const promise = new Manual<string>();
    let signal: AbortSignal | undefined;
    const task = start(function* () {
      say(
        yield* until((given) => {
          signal = given;
          return promise;
        }),
      );
      yield* sleep(1);
    });
    const end = ending(task);
    loop.runUntilIdle();
    promise.resolve("value");
    task.cancel("late");
    finish();
    expect([end(), signal?.aborted, orphans().length, ...log]).toEqual(["cancelled late", false, 0, "0 value"]);
  });

  test("a timeout aborts, too", () => {
    const { play } = lab();
    let signal: AbortSignal | undefined;
    const promise = new Manual<string>();
    const task = (): string =>
      play(() =>
        scope(
          () =>
            until((given) => {
              signal = given;
              return promise;
            }),
          { deadlineMs: 0 },
        ),
      );
    expect([task(), signal]).toEqual(["fulfilled undefined", undefined]); // cancelled before it came to wait
    promise.resolve("");
  });

  test("a future that is given is waited for across loops, and left alone: no orphan and no waiter stays", () => {
    const ours = lab();
    const theirs = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop: theirs.loop });
    for (let i = 0; i < 100; i++) {
      const task = ours.start(() => until(future));
      ending(task);
      ours.loop.runUntilIdle();
      task.cancel();
      ours.loop.runUntilIdle();
      theirs.loop.runUntilIdle();
    }
    expect([orphans().length, future.firstWaiter, future.state]).toEqual([0, null, "pending"]);
    const task = ours.start(() => until(future));
    ours.loop.runUntilIdle();
    resolve(8);
    theirs.finish();
    ours.finish();
    expect(read(task)).toBe("fulfilled 8");
  });

  test("kept and used again, it starts its promise anew", () => {
    const { play } = lab();
    let calls = 0;
    const end = play(function* () {
      const twice = until(() => ({ then: (f: (n: number) => void) => f(++calls) }) as PromiseLike<number>);
      return [yield* twice, yield* twice];
    });
    expect(end).toBe("fulfilled [1,2]");
  });

  test("native promises, on a real loop: a value, a rejection, a race against an abort", async () => {
    let reachedEnd: () => void = () => {};
    const end = new Promise<void>((resolve) => {
      reachedEnd = resolve;
    });
    const log: string[] = [];
    const task = run(function* () {
      log.push(yield* until(Promise.resolve("value")));
      log.push(tell(yield* caught(() => until(Promise.reject(new Error("rejected"))))));
      log.push(yield* until(async () => "async function"));
      reachedEnd();
      yield* until(
        (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      );
    });
    const over = task.catch((error: unknown) => log.push(tell(error)));
    await end;
    task.cancel("enough");
    await over;
    expect(log).toEqual(["value", "Error: rejected", "async function", "CancelledError enough"]);
    expect(orphans()).toEqual([]);
  });
});

describe("F4 one long-lived native promise", () => {
  /** Counts the `then`s of native promises while `body` runs. */
  function thens(body: () => void): number {
    const plain = Promise.prototype.then;
    let count = 0;
    Promise.prototype.then = function (this: Promise<unknown>, ...args) {
      count++;
      return plain.apply(this, args) as never;
    } as typeof plain;
    try {
      body();
    } finally {
      Promise.prototype.then = plain;
    }
    return count;
  }

  test("CANCEL-022 F4 that was left by a thousand waits has one reaction and is one orphan; its late rejection is reported once", async () => {
    for (const source of [(p: Promise<number>) => p, (p: Promise<number>) => () => p]) {
      const { start, loop, finish, reports } = lab({ reports: true });
      const { promise, reject } = withResolvers<number>();
      const count = thens(() => {
        for (let i = 0; i < 1000; i++) {
          const task = start(() => until(source(promise)), { name: `fetcher ${i}` });
          ending(task);
          loop.runUntilIdle();
          task.cancel("stop");
          loop.runUntilIdle();
        }
      });
      expect([count, loop.holds]).toEqual([1, []]);
      expect(orphans()).toEqual([{ task: "fetcher 0", sinceMs: 0 }]);
      reject(new Error("too late"));
      await promise.catch(() => {});
      finish();
      expect(orphans()).toEqual([]);
      expect(reports).toEqual(["late rejection, promise of fetcher 0: too late"]);
    }
  });

  test("F4 who left keeps nothing alive", async () => {
    const { start, loop, finish } = lab();
    const { promise, resolve } = withResolvers<number>();
    const gone: WeakRef<object>[] = [];
    for (let i = 0; i < 10; i++) {
      const task = start(() => until(promise));
      ending(task);
      loop.runUntilIdle();
      task.cancel({ why: i });
      loop.runUntilIdle();
      gone.push(new WeakRef(task));
    }
    finish();
    // The first may be kept, to tell of a late rejection, and the last by the stack.
    await afterGarbage(() => expect(gone.slice(1, -1).filter((task) => task.deref() !== undefined)).toEqual([]));
    resolve(1);
    await promise;
    expect(orphans()).toEqual([]);
  });

  test("F4 F7 the others wait on, in the order of asking, on their own loops; who hears the error is told, and nobody else", async () => {
    const [ours, theirs] = [lab(), lab()];
    const { promise, reject } = withResolvers<number>();
    const tasks = [ours, theirs, ours].map(({ start }) => start(() => until(promise)));
    const ends = tasks.map(ending);
    const quitter = ours.start(() => until(promise));
    ending(quitter);
    for (const { loop } of [ours, theirs]) loop.runUntilIdle();
    quitter.cancel();
    ours.loop.runUntilIdle();
    expect(ours.loop.holds.length).toBe(2);
    reject(new Error("down"));
    await promise.catch(() => {});
    ours.finish();
    theirs.finish();
    expect(ends.map((end) => end())).toEqual(Array(3).fill("rejected Error: down"));
    expect([ours.loop.holds, theirs.loop.holds, orphans()]).toEqual([[], [], []]);
  });

  test("one that has settled is waited for as before", async () => {
    const { start, finish } = lab();
    const done = Promise.resolve(5);
    const tasks = [start(() => until(done)), start(() => until(done))];
    const ends = tasks.map(ending);
    finish();
    await done;
    finish();
    const again = ending(start(() => until(done)));
    finish();
    await done;
    finish();
    expect([...ends.map((end) => end()), again()]).toEqual(Array(3).fill("fulfilled 5"));
  });
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((fulfilled, rejected) => {
    resolve = fulfilled;
    reject = rejected;
  });
  return { promise, resolve, reject };
}

test("asks a thenable once, also when it is cancelled: some start their work each time", () => {
  let asked = 0;
  const lazy: PromiseLike<number> = {
    then() {
      asked++;
      return undefined as never;
    },
  };
  const here = lab();
  const task = here.start(() => until(lazy));
  here.loop.runUntilIdle();
  task.cancel("enough");
  here.loop.runUntilIdle();
  expect([task.state, asked]).toEqual(["cancelled", 1]);
});

describe("until a signal aborts", () => {
  test("gives its reason to all who wait, by one listener on it, and at once if it has", () => {
    const { start, finish, loop } = lab();
    const control = new AbortController();
    const listeners = (): number => getEventListeners(control.signal, "abort").length;
    const task = start(function* (root) {
      const waiters = [1, 2, 3].map(() => root.spawn(() => until(control.signal)));
      const reasons: unknown[] = [];
      for (const waiter of waiters) reasons.push(yield* waiter);
      return [...reasons, yield* until(control.signal)];
    });
    loop.runUntilIdle();
    expect(listeners()).toBe(1);
    control.abort("closing time");
    finish();
    expect(read(task)).toBe('fulfilled ["closing time","closing time","closing time","closing time"]');
    expect(listeners()).toBe(0);
  });

  test("another target of events, at which nobody aborts, is refused at the call", () => {
    expect(() => until(new EventTarget() as AbortSignal)).toThrow(
      "Cannot wait: the source is an EventTarget; give a promise, a function (signal) => promise, or an AbortSignal.",
    );
  });

  test("F4 a cancelled wait leaves no listener behind, and the others wait on", () => {
    const { start, finish, loop } = lab();
    const control = new AbortController();
    const listeners = (): number => getEventListeners(control.signal, "abort").length;
    const [quitter, stayer] = [start(() => until(control.signal)), start(() => until(control.signal))];
    const end = ending(quitter);
    loop.runUntilIdle();
    quitter.cancel("enough");
    loop.runUntilIdle();
    expect([end(), listeners()]).toEqual(["cancelled enough", 1]);
    const again = ending(stayer);
    stayer.cancel("me too");
    finish();
    expect([again(), listeners()]).toEqual(["cancelled me too", 0]);
  });
});
