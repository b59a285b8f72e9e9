import { describe, expect, test } from "vitest";
import { all, any, asCompleted, Future, race, settled, shield, wait, withTimeout } from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { lab } from "./support/lab.ts";

/* Every public function's every argument, with everything that it may not be. */

const noText = {
  toString() {
    throw new Error("no text");
  },
};
const objects: unknown[] = [{}, [], Object.create(null), noText];
const primitives: unknown[] = [null, 0, Number.NaN, "x", true, 5n, Symbol("s")];

/** What `body` throws, as `TypeError: message`; "nothing" if it does not. */
function thrown(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing";
}

const { loop } = lab();
const pending = () => Future.withResolvers<number>({ loop }).future;

describe("options", () => {
  const makers: Record<string, (options: never) => unknown> = {
    withResolvers: (options) => Future.withResolvers(options),
    resolve: (options) => Future.resolve(1, options),
    reject: (options) => Future.reject(1, options),
    from: (options) => Future.from(Promise.resolve(1), options),
    all: (options) => all([pending()], options),
    any: (options) => any([pending()], options),
    race: (options) => race([pending()], options),
    settled: (options) => settled([pending()], options),
    wait: (options) => wait([pending()], options),
    asCompleted: (options) => asCompleted([pending()], options),
    shield: (options) => shield(pending(), options),
    withTimeout: (options) => withTimeout(pending(), 5, options),
  };
  test.each(Object.entries(makers))("%s: a loop that is none, a name that is none", (_, make) => {
    for (const wrong of [...primitives, ...objects]) {
      expect(thrown(() => make({ loop: wrong } as never))).toMatch(
        /^TypeError: Cannot .+: loop is .+; give a Scheduler$/,
      );
      if (typeof wrong === "string") continue;
      expect(thrown(() => make({ loop, name: wrong } as never))).toMatch(
        /^TypeError: Cannot .+: name is .+; give a string$/,
      );
    }
    for (const wrong of primitives.filter((value) => value !== null)) {
      expect(thrown(() => make(wrong as never))).toMatch(/^TypeError: Cannot .+: options is .+; give an object$/);
    }
  });

  test("onCancel, signal: what is none is refused", () => {
    for (const wrong of [...primitives, ...objects]) {
      expect(thrown(() => Future.withResolvers({ loop, onCancel: wrong as never }))).toMatch(
        /^TypeError: Cannot make a future: onCancel is .+; give a function$/,
      );
      expect(thrown(() => Future.from(Promise.resolve(1), { loop, signal: wrong as never }))).toMatch(
        /^TypeError: Cannot make a future: signal is .+; give an AbortSignal$/,
      );
    }
  });
});

test("GW-018 time limits: what is no number is a TypeError, NaN a RangeError, and nothing is left behind", () => {
  const { loop } = lab();
  const { future } = Future.withResolvers<number>({ loop });
  const limited: ((timeoutMs: never) => unknown)[] = [
    (timeoutMs) => withTimeout(future, timeoutMs),
    (timeoutMs) => wait([future], { timeoutMs }),
    (timeoutMs) => asCompleted([future], { timeoutMs }),
  ];
  for (const limit of limited) {
    for (const wrong of ["5", "", true, 5n, Symbol("s"), () => 5, ...objects]) {
      expect(thrown(() => limit(wrong as never))).toMatch(/^TypeError: Cannot .+: timeoutMs is .+; give a number of/);
    }
    expect(thrown(() => limit(Number.NaN as never))).toMatch(/^RangeError: Cannot .+: timeoutMs is NaN; give a number/);
  }
  expect([countWaiters(future), loop.timers]).toEqual([0, 0]);
  for (const limit of limited) limit(Number.POSITIVE_INFINITY as never); // no limit
  expect([countWaiters(future), loop.timers]).toEqual([3, 0]);
});

test("TIMEOUT-018 a limit of zero, less, or minus infinity is over at once, and what is settled still counts", () => {
  for (const timeoutMs of [0, -1, Number.NEGATIVE_INFINITY]) {
    const { loop } = lab();
    const { future } = Future.withResolvers<number>({ loop });
    const done = Future.resolve(1, { loop });
    const late = withTimeout(future, timeoutMs);
    const waited = wait([future, done], { timeoutMs });
    const [item] = asCompleted([future], { timeoutMs });
    loop.advance(0);
    expect(late.peek()).toMatchObject({ status: "rejected", reason: { code: "TIMEOUT", timeoutMs } });
    expect(item?.peek()).toMatchObject({ status: "rejected", reason: { code: "TIMEOUT", timeoutMs } });
    expect(waited.result()).toEqual({ done: new Set([done]), pending: new Set([future]) });
    void late.outcome;
    void item?.outcome;
  }
});

test("GW-018 until: one of three words, and nothing else", () => {
  for (const wrong of [...primitives, ...objects, "First", "toString", ""]) {
    expect(thrown(() => wait([pending()], { until: wrong as never }))).toMatch(
      /^RangeError: Cannot wait: until is .+; give "first", "firstError" or "all"$/,
    );
  }
});

test("GW-012 what withTimeout and shield wait for: a future or a promise", () => {
  for (const wrong of [undefined, ...primitives, ...objects, () => 1, [pending()]]) {
    expect(thrown(() => withTimeout(wrong as never, 5))).toMatch(
      /^TypeError: Cannot wait with a timeout: member 0 is /,
    );
    expect(thrown(() => shield(wrong as never))).toMatch(/^TypeError: Cannot shield: member 0 is /);
  }
  expect(loop.timers).toBe(0);
});

test("GW-012 an iterable that throws midway touches nothing, and its error comes out", () => {
  const error = new Error("midway");
  const { future } = Future.withResolvers<number>({ loop });
  for (const combine of [all, any, race, settled, wait, asCompleted]) {
    const members = (function* () {
      yield future;
      throw error;
    })();
    expect(() => (combine as (members: Iterable<Future<number>>) => unknown)(members)).toThrow(error);
  }
  expect(countWaiters(future)).toBe(0);
});

test("what removeDoneCallback does not know, it has not removed", () => {
  const future = pending();
  for (const wrong of [undefined, ...primitives, ...objects, () => {}]) {
    expect(future.removeDoneCallback(wrong as never)).toBe(0);
  }
});

test("F6 then, catch and finally pass over what is no function, as on a promise", () => {
  const { loop } = lab();
  for (const wrong of [undefined, ...primitives, ...objects]) {
    const passed = [
      Future.resolve(1, { loop }).then(wrong as never, wrong as never),
      Future.resolve(1, { loop }).catch(wrong as never),
      Future.resolve(1, { loop }).finally(wrong as never),
    ];
    loop.runUntilIdle();
    expect(passed.map((future) => future.result())).toEqual([1, 1, 1]);
  }
});
