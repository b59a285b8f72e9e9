import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { follow } from "../src/index.ts";
import { thrown } from "./support/lab.ts";

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("follow", () => {
  /** A target that logs how it is cancelled, and may throw then. */
  function lab() {
    const log: unknown[] = [];
    const target = (name: string, error?: unknown) => ({
      cancel(reason: unknown) {
        log.push([name, reason]);
        if (error !== undefined) throw error;
      },
    });
    return { log, target, controller: new AbortController() };
  }

  test("F4 a thousand share one listener, and are cancelled in their order, in the stack of the abort", () => {
    const { log, target, controller } = lab();
    for (let index = 0; index < 1_000; index++) follow(controller.signal, target(`${index}`));
    expect(listeners(controller.signal)).toBe(1);
    const reason = { why: "left" };
    controller.abort(reason);
    expect(log).toEqual(Array.from({ length: 1_000 }, (_, index) => [`${index}`, reason]));
    expect((log[999] as unknown[])[1]).toBe(reason);
    expect(listeners(controller.signal)).toBe(0);
  });

  test("F4 taken back, also twice, one is not cancelled; the last takes the listener away", () => {
    const { log, target, controller } = lab();
    const [a, , c] = ["a", "b", "c"].map((name) => follow(controller.signal, target(name)));
    a?.();
    a?.();
    expect(listeners(controller.signal)).toBe(1);
    controller.abort("x");
    c?.();
    expect(log).toEqual([
      ["b", "x"],
      ["c", "x"],
    ]);
    const other = new AbortController();
    follow(other.signal, target("d"))();
    expect(listeners(other.signal)).toBe(0);
    follow(other.signal, target("e"));
    other.abort("y");
    expect(log.slice(2)).toEqual([["e", "y"]]);
  });

  test("one that is taken back by the cancel of another is not cancelled", () => {
    const { log, target, controller } = lab();
    follow(controller.signal, { cancel: () => unfollow() });
    const unfollow = follow(controller.signal, target("second"));
    follow(controller.signal, target("third"));
    controller.abort("x");
    expect(log).toEqual([["third", "x"]]);
  });

  test("of a signal that is aborted already cancels at once, and what that throws is thrown", () => {
    const { log, target } = lab();
    const signal = AbortSignal.abort("early");
    const unfollow = follow(signal, target("late"));
    expect(log).toEqual([["late", "early"]]);
    unfollow();
    expect([log.length, listeners(signal)]).toEqual([1, 0]);
    const error = new Error("no");
    expect(thrown(() => follow(signal, target("bad", error)))).toBe(error);
  });

  test("L5 what a cancel throws keeps nobody else from being cancelled; all that is thrown comes out", () => {
    const errors = [new Error("first"), new Error("second")];
    for (const [thrownBy, wanted] of [
      [[errors[0], undefined], errors[0]],
      [errors, new AggregateError(errors, "Several waiters failed")],
    ] as const) {
      const { log, target, controller } = lab();
      for (const [index, error] of thrownBy.entries()) follow(controller.signal, target(`${index}`, error));
      follow(controller.signal, target("last"));
      const [listener] = getEventListeners(controller.signal, "abort") as unknown as [{ handleEvent(): void }];
      expect(thrown(() => listener.handleEvent())).toEqual(wanted);
      expect(log.map((entry) => (entry as unknown[])[0])).toEqual(["0", "1", "last"]);
    }
  });
});
