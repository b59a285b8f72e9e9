import { EventLoop, getEventLoop } from "@skein/loop";
import { describe, expect, test } from "vitest";
import { CancelledError, Future, InvalidStateError, isCancelled, race, shield } from "../src/index.ts";
import { lab, thrown } from "./support/lab.ts";

describe("the receipt", () => {
  test("FUT-001 a new future is pending; after cancel() it is cancelled", () => {
    const { future } = Future.withResolvers({ loop: lab().loop });
    expect([future.state, future.outcome]).toEqual(["pending", undefined]);
    future.cancel();
    expect([future.state, future.outcome]).toEqual(["cancelled", { status: "cancelled", reason: undefined }]);
  });

  test("FUT-003 F1 a rejected future throws its error, and every later attempt returns false", () => {
    const { future, resolve, reject } = Future.withResolvers<number>({ loop: lab().loop });
    const error = new Error("no");
    expect(reject(error)).toBe(true);
    expect([resolve(1), reject(new Error("second")), future.cancel()]).toEqual([false, false, false]);
    expect(future.state).toBe("done");
    expect(future.outcome).toEqual({ status: "rejected", reason: error });
    expect(thrown(() => future.result())).toBe(error);
  });

  test("FUT-004 cancel() answers true once; then everything throws CancelledError and setters are refused", () => {
    const { future, resolve, reject } = Future.withResolvers<number>({ loop: lab().loop });
    expect([future.cancel(), future.cancel()]).toEqual([true, false]);
    expect([resolve(1), reject(1)]).toEqual([false, false]);
    expect(thrown(() => future.result())).toBeInstanceOf(CancelledError);
  });

  test("FUT-030 cancelling a future that has a value or an error is ignored", () => {
    const { loop } = lab();
    const fine = Future.resolve(1, { loop });
    const failed = Future.reject("no", { loop });
    expect([fine.cancel("late"), failed.cancel("late")]).toEqual([false, false]);
    expect(fine.result()).toBe(1);
    expect(failed.outcome).toEqual({ status: "rejected", reason: "no" });
  });

  test("FUT-031 result() of a pending future throws InvalidStateError, naming it; outcome is undefined", () => {
    const { future } = Future.withResolvers({ loop: lab().loop, name: "pizza" });
    const error = thrown(() => future.result()) as InvalidStateError;
    expect(error).toBeInstanceOf(InvalidStateError);
    expect(error.code).toBe("INVALID_STATE");
    expect(error.message).toBe('Cannot read the result of future "pizza": it is pending; await it');
    expect(future.outcome).toBeUndefined();
  });

  test("FUT-019 a future that follows another ends in the same state, with the very same objects", () => {
    const { loop } = lab();
    const [value, error, reason] = [{}, new Error("no"), { why: "closed" }];
    const cancelled = Future.withResolvers<object>({ loop }).future;
    cancelled.cancel(reason);
    for (const original of [Future.resolve(value, { loop }), Future.reject(error, { loop }), cancelled]) {
      for (const copy of [shield(original), original.then(), Future.from(original, { loop })]) {
        loop.runUntilIdle();
        expect(copy.state).toBe(original.state);
        expect(copy.outcome).toStrictEqual(original.outcome);
        const [a, b] = [original, copy].map((future) => thrownOrValue(() => future.result()));
        expect(a).toBe(b);
      }
    }
  });

  test("FUT-021 a failed future throws the same error each time, and its stack does not grow", async () => {
    const error = new Error("once");
    const future = Future.reject(error);
    const { stack } = error;
    for (let time = 0; time < 5; time++) {
      const seen = await future.catch((caught) => caught);
      expect(seen).toBe(error);
      await expect(future).rejects.toBe(error);
    }
    expect(error.stack).toBe(stack);
  });

  test("FUT-027 without a loop given, a future lives on the running loop, else on the default one", () => {
    expect(Future.resolve(1).loop).toBe(getEventLoop());
    const { loop } = lab();
    let inside: Future<number> | undefined;
    loop.callSoon(() => {
      inside = Future.resolve(1);
    });
    loop.runUntilIdle();
    expect(inside?.loop).toBe(loop);
    expect(Future.resolve(1, { loop: new EventLoop() }).loop).not.toBe(getEventLoop());
  });

  test("F6 resolve takes a promise as the value it is", () => {
    const { loop } = lab();
    const inner = Future.resolve(1, { loop });
    const { future, resolve } = Future.withResolvers<Future<number>>({ loop });
    resolve(inner);
    expect(future.result()).toBe(inner);
    expect(Future.resolve(inner, { loop }).result()).toBe(inner);
  });
});

describe("names", () => {
  test("TASK-010 automatic names rise with each loop's own numbers, and only when asked for", () => {
    const { loop } = lab();
    const [unasked, a, b] = [1, 2, 3].map((value) => Future.resolve(value, { loop }));
    expect([a?.name, b?.name, a?.name]).toEqual(["future-1", "future-2", "future-1"]);
    expect(unasked?.name).toBe("future-3");
    expect(Future.resolve(4, { loop: lab().loop }).name).toBe("future-1");
    expect(Future.resolve(5, { loop, name: "answer" }).describe()).toBe('future "answer"');
  });

  test("options of the wrong type are refused, saying what was seen", () => {
    const refused = (options: object) => thrown(() => Future.withResolvers(options)) as TypeError;
    const seen = [{ name: 5 }, { loop: {} }, { loop: null }, { onCancel: "stop" }].map((options) => refused(options));
    for (const error of seen) expect(error).toBeInstanceOf(TypeError);
    expect(seen.map((error) => error.message)).toEqual([
      "Cannot make a future: name is 5; give a string",
      "Cannot make a future: loop is object; give a Scheduler",
      "Cannot make a future: loop is null; give a Scheduler",
      'Cannot make a future: onCancel is "stop"; give a function',
    ]);
    for (const name of [5, null, {}, Symbol("s"), Object.create(null)]) {
      const made = [
        () => Future.resolve(1, { name }),
        () => Future.reject(1, { name }),
        () => Future.from(Promise.resolve(), { name }),
        () => race([Future.resolve(1)], { name }),
      ];
      for (const make of made)
        expect((thrown(make) as Error).message).toMatch(/^Cannot .+: name is .+; give a string$/);
    }
    for (const options of [null, 5, "x"]) {
      expect(thrown(() => Future.withResolvers(options as never))).toBeInstanceOf(TypeError);
      expect(thrown(() => Future.resolve(1, options as never))).toBeInstanceOf(TypeError);
    }
  });
});

describe("cancel", () => {
  test("FUT-006 CANCEL-013 the reason is kept end to end, as the very object", async () => {
    const reason = { message: "closed" };
    const { future } = Future.withResolvers();
    future.cancel(reason);
    expect(future.outcome).toEqual({ status: "cancelled", reason });
    expect(future.outcome?.status === "cancelled" && future.outcome.reason).toBe(reason);
    const direct = await future.catch((error) => error);
    const through = await future
      .then(() => 1)
      .finally(() => {})
      .catch((error) => error);
    const native = await (async () => await future)().catch((error) => error);
    for (const error of [direct, through, native]) {
      expect(isCancelled(error)).toBe(true);
      expect((error as CancelledError).reason).toBe(reason);
      expect((error as Error).cause).toBeUndefined();
      expect(error).toBe(direct);
    }
  });

  test("the message of a CancelledError says why, where the reason has words", () => {
    const { loop } = lab();
    const message = (reason?: unknown) => {
      const { future } = Future.withResolvers({ loop });
      future.cancel(reason);
      return (thrown(() => future.result()) as Error).message;
    };
    expect([message(), message("bye"), message(new Error("down")), message({})]).toEqual([
      "Cancelled",
      "Cancelled: bye",
      "Cancelled: down",
      "Cancelled",
    ]);
  });

  test("a reason that cannot be turned into words cancels as any other", () => {
    const proxy = Proxy.revocable({}, {});
    proxy.revoke();
    const message = Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("no message");
      },
    });
    for (const reason of [Object.create(null), Symbol("s"), proxy.proxy, message]) {
      const { future } = Future.withResolvers({ loop: lab().loop });
      expect(future.cancel(reason)).toBe(true);
      expect((thrown(() => future.result()) as CancelledError).reason).toBe(reason);
    }
  });

  test("onCancel is called once, in the stack of cancel, with the reason, and sees the future cancelled", () => {
    const { loop, log } = lab();
    const made = Future.withResolvers<number>({
      loop,
      onCancel: (reason) => log.push(`${reason} ${made.future.state} ${made.resolve(1)} ${made.future.cancel()}`),
    });
    log.push(String(made.future.cancel("enough")));
    made.future.cancel("again");
    expect(log).toEqual(["enough cancelled false false", "true"]);
  });

  test("onCancel is not called for a future that settles otherwise", () => {
    const { loop, log, note } = lab();
    for (const settle of ["resolve", "reject"] as const) {
      const made = Future.withResolvers({ loop, onCancel: note("cancelled") });
      made[settle](1 as never);
      made.future.cancel();
      void made.future.outcome;
    }
    loop.runUntilIdle();
    expect(log).toEqual([]);
  });

  test("L5 what onCancel throws is reported, and the future is cancelled all the same", () => {
    const { loop, reports } = lab();
    const error = new Error("abort failed");
    const { future } = Future.withResolvers({
      loop,
      name: "upload",
      onCancel: () => {
        throw error;
      },
    });
    expect(future.cancel()).toBe(true);
    expect(future.state).toBe("cancelled");
    expect(reports).toEqual([[error, { what: "onCancel", name: "upload" }]]);
  });

  test("CANCEL-040 users cannot make a CancelledError", () => {
    expect(thrown(() => new (CancelledError as never as new () => Error)())).toBeInstanceOf(TypeError);
    expect(isCancelled(new Error("x"))).toBe(false);
    expect(isCancelled(undefined)).toBe(false);
    expect(isCancelled(Object.create(CancelledError.prototype))).toBe(false);
  });

  test("isCancelled tells of any value, also of a proxy that was revoked", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(isCancelled(proxy)).toBe(false);
    const { future } = Future.withResolvers<never>();
    future.cancel();
    expect(isCancelled(thrown(() => future.result()))).toBe(true);
  });
});

function thrownOrValue(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return error;
  }
}
