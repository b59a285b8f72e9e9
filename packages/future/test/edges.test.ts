import { AsyncLocalStorage } from "node:async_hooks";
import { EventLoop, LoopError } from "@skein/loop";
import { instrument } from "@skein/loop/instrument";
import { asyncContext } from "@skein/loop/node";
import { describe, expect, test } from "vitest";
import { all, any, asCompleted, Future, isCancelled, race, settled, shield, wait, withTimeout } from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { lab } from "./support/lab.ts";

const jobs = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a loop and its futures", () => {
  test("LOOP-016 runUntilComplete waits for a future of its own loop, and for one of another", async () => {
    const [own, other] = [new EventLoop(), new EventLoop()];
    const here = Future.withResolvers<string>({ loop: own });
    own.callSoon(() => here.resolve("own"));
    expect(await own.runUntilComplete(here.future)).toBe("own");
    other.start();
    const there = Future.withResolvers<string>({ loop: other });
    other.callSoon(() => there.resolve("other"));
    expect(await own.runUntilComplete(there.future)).toBe("other");
    const error = new Error("no");
    await expect(own.runUntilComplete(Future.reject(error, { loop: own }))).rejects.toBe(error);
    const cancelled = Future.withResolvers({ loop: own }).future;
    cancelled.cancel("enough");
    expect(isCancelled(await own.runUntilComplete(cancelled).catch((caught) => caught))).toBe(true);
    for (const loop of [own, other]) loop.close();
  });

  test("LOOP-016 F5 a run that is stopped leaves the future alone", async () => {
    const loop = new EventLoop();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const run = loop.runUntilComplete(future);
    loop.stop();
    await expect(run).rejects.toBeInstanceOf(LoopError);
    expect([future.state, resolve(1), future.result()]).toEqual(["pending", true, 1]);
  });

  test("a native await, a timer and a time limit of one job keep its AsyncLocalStorage, whoever settles", async () => {
    const loop = new EventLoop({ instrument: instrument({ context: asyncContext }) });
    loop.start();
    const user = new AsyncLocalStorage<string>();
    const seen: [string, unknown][] = [];
    const { future, resolve } = Future.withResolvers<void>({ loop });
    const jobsOf = ["ada", "eve"].map((name) =>
      user.run(name, async () => {
        loop.callLater(1, () => seen.push([name, user.getStore()]));
        await future;
        seen.push([name, user.getStore()]);
        await withTimeout(Future.withResolvers({ loop }).future, 1).catch(() => {});
        seen.push([name, user.getStore()]);
      }),
    );
    user.run("bob", () => loop.callSoon(resolve, undefined));
    await Promise.all(jobsOf);
    loop.close();
    expect(seen.length).toBe(6);
    expect(seen.filter(([name, store]) => name !== store)).toEqual([]);
  });
});

test("then, catch, finally and done callbacks run in the context in which they were given, whoever settles", async () => {
  const loop = new EventLoop({ instrument: instrument({ context: asyncContext }) });
  loop.start();
  const user = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const note = () => void seen.push(user.getStore());
  const { future, resolve } = Future.withResolvers<number>({ loop });
  const { future: failing, reject } = Future.withResolvers<number>({ loop });
  user.run("ada", () => {
    future.then(note);
    future.addDoneCallback(note);
    future.finally(note);
    failing.catch(note);
    all([future]).then(note);
    future.addDoneCallback(seen.push);
    expect(future.removeDoneCallback(seen.push)).toBe(1);
  });
  user.run("bob", () => {
    loop.callSoon(resolve, 1);
    loop.callSoon(reject, new Error("no"));
  });
  await jobs();
  await jobs();
  loop.close();
  expect(seen).toEqual(["ada", "ada", "ada", "ada", "ada"]);
});

test("LOOP-015 the error handler sees the context of the done callback that threw, with what it had set, not the settler's", async () => {
  const user = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const loop = new EventLoop({
    instrument: instrument({ context: asyncContext }),
    onError: () => void seen.push(user.getStore()),
  });
  loop.start();
  const { future, resolve } = Future.withResolvers<number>({ loop });
  user.run("ada", () =>
    future.addDoneCallback(() => {
      throw new Error("ada's");
    }),
  );
  future.addDoneCallback(() => {
    user.enterWith("eve");
    throw new Error("eve's");
  });
  user.run("bob", () => loop.callSoon(resolve, 1));
  await jobs();
  await jobs();
  loop.close();
  expect(seen).toEqual(["ada", "eve"]);
});

describe("with AbortSignals of the platform", () => {
  test("toSignal takes part in AbortSignal.any, with the reason as it is", () => {
    const { loop } = lab();
    const reason = { why: "left" };
    const { future } = Future.withResolvers({ loop });
    const joined = AbortSignal.any([new AbortController().signal, future.toSignal()]);
    future.cancel(reason);
    loop.runUntilIdle();
    expect([joined.aborted, joined.reason === reason]).toEqual([true, true]);
  });

  test("a reason goes from cancel through signal, future and signal to the last function, as one object", () => {
    const { loop } = lab();
    const reason = { why: "closed" };
    const first = Future.withResolvers({ loop }).future;
    let last: AbortSignal | undefined;
    const second = Future.from(() => new Promise<never>(() => {}), { loop, signal: first.toSignal() });
    const third = Future.from(
      (signal) => {
        last = signal;
        return new Promise<never>(() => {});
      },
      { loop, signal: second.toSignal() },
    );
    first.cancel(reason);
    expect([second.state, third.state]).toEqual(["pending", "pending"]); // listeners never run in the stack of cancel (F2)
    loop.runUntilIdle();
    for (const future of [second, third]) expect(future.outcome).toEqual({ status: "cancelled", reason });
    expect(last?.reason).toBe(reason);
    expect(loop.holds).toEqual([]);
  });

  test("what a signal of the platform's gives when its time is over is the reason, and no TimeoutError of ours", () => {
    const { loop } = lab();
    const controller = new AbortController();
    const future = Future.from(new Promise<never>(() => {}), { loop, signal: controller.signal });
    const reason = new DOMException("The operation timed out", "TimeoutError"); // as of AbortSignal.timeout()
    controller.abort(reason);
    expect(future.state).toBe("cancelled");
    expect(future.outcome).toEqual({ status: "cancelled", reason });
  });
});

describe("the order of settling and of what comes after it (F2)", () => {
  test("F2 what a done callback settles or adds comes a pass later, in order; nothing runs in anybody's stack", () => {
    const { loop, log } = lab();
    const [first, second] = [Future.withResolvers<number>({ loop }), Future.withResolvers<number>({ loop })];
    first.future.addDoneCallback(() => {
      second.resolve(2);
      first.future.addDoneCallback(() => log.push("added late"));
      log.push("first");
    });
    first.future.addDoneCallback(() => log.push("next"));
    second.future.addDoneCallback(() => log.push("second"));
    first.resolve(1);
    log.push("settled");
    loop.runUntilIdle();
    expect(log).toEqual(["settled", "first", "next", "second", "added late"]);
  });

  test("F1 F2 onCancel may settle and cancel whatever it likes: the state stands, and who waits is served once", () => {
    const { loop, log } = lab();
    const others = [1, 2].map(() => Future.withResolvers<number>({ loop }));
    const made = Future.withResolvers<number>({
      loop,
      onCancel: () => {
        for (const { future } of others) future.cancel("with it");
        log.push(`${made.resolve(1)} ${made.reject(1)} ${made.future.cancel()}`);
      },
    });
    made.future.addDoneCallback(() => log.push("done"));
    for (const { future } of others) future.addDoneCallback(({ state }) => log.push(state));
    made.future.cancel();
    loop.runUntilIdle();
    expect(log).toEqual(["false false false", "done", "cancelled", "cancelled"]);
  });

  test("F4 10,000 waiters are taken out from the front, the back and the middle without a look at the others", () => {
    const { loop, log } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const derived = Array.from({ length: 10_000 }, (_, i) => future.then(() => log.push(`${i}`)));
    for (const [i, one] of derived.entries()) if (i % 1_000 !== 500) one.cancel();
    expect(countWaiters(future)).toBe(10);
    resolve(1);
    loop.runUntilIdle();
    expect(log).toEqual(Array.from({ length: 10 }, (_, i) => `${i * 1_000 + 500}`));
  });
});

describe("F7 every combinator, when it is the one that nobody listens to", () => {
  const error = new Error("no");
  test("GW-010 F7 its own failure is reported once, by its own name; the member's is not", () => {
    const combiners: ((members: Future<number>[], options: { name: string }) => Future<unknown>)[] = [all, race, any];
    for (const combine of combiners) {
      const { loop, reports } = lab();
      const { future, reject } = Future.withResolvers<number>({ loop, name: "member" });
      combine([future], { name: "combined" });
      reject(error);
      loop.runUntilIdle();
      expect(reports.map(([, { what, name }]) => [what, name])).toEqual([["unheard rejection", "combined"]]);
    }
  });

  test("F7 shield and withTimeout pass it on likewise; settled and wait have it in what they give", () => {
    const passing = [shield, (member: Future<number>, options: object) => withTimeout(member, 5, options)];
    for (const pass of passing) {
      const { loop, reports } = lab();
      const { future, reject } = Future.withResolvers<number>({ loop, name: "member" });
      pass(future, { name: "passed" });
      reject(error);
      loop.runUntilIdle();
      expect(reports.map(([, { name }]) => name)).toEqual(["passed"]);
    }
    const { loop, reports } = lab();
    const failed = () => Future.withResolvers<number>({ loop });
    const [a, b] = [failed(), failed()];
    settled([a.future]);
    wait([b.future]);
    for (const { reject } of [a, b]) reject(error);
    loop.runUntilIdle();
    expect(reports).toEqual([]);
  });

  test("F7 on the real loop: once, by name, and not before a native await has had its chance", async () => {
    const reports: [unknown, object][] = [];
    const loop = new EventLoop({
      instrument: instrument({ debug: true }),
      onError: (error, info) => reports.push([error, info]),
    });
    loop.start();
    const made = (function makesIt() {
      return Future.withResolvers<number>({ loop, name: "lost" });
    })();
    const heard = Future.withResolvers<number>({ loop, name: "heard" });
    const listener = (async () => {
      try {
        await heard.future;
      } catch {}
    })();
    made.reject(error);
    heard.reject(error);
    await listener;
    for (let turn = 0; turn < 5; turn++) await jobs();
    expect(reports).toEqual([
      [
        error,
        { what: "unheard rejection", name: "lost", scheduledAt: expect.stringMatching(/makesIt.*edges\.test\.ts/) },
      ],
    ]);
    loop.close();
  });
});

test("GW-009 asCompleted gives a member that is there twice twice", () => {
  const { loop } = lab();
  const { future, resolve } = Future.withResolvers<number>({ loop });
  const items = [...asCompleted([future, future, Future.resolve(1, { loop })])];
  resolve(2);
  expect(items.map((item) => item.result())).toEqual([1, 2, 2]);
});
