import { describe, expect, test } from "vitest";
import {
  all,
  checkpoint,
  currentScope,
  exponentialBackoff,
  Future,
  failAfter,
  type Operation,
  retry,
  sleep,
  use,
} from "../src/index.ts";
import { caught, lab, tell, thrown } from "./support.ts";

/** Fails with "no 1", "no 2", … until attempt `good`, saying each. */
const flaky = (say: (text: string) => void, good: number) =>
  function* flaky(attempt: number): Operation<string> {
    say(`attempt ${attempt}`);
    yield* checkpoint();
    if (attempt < good) throw new Error(`no ${attempt}`);
    return `yes ${attempt}`;
  };

describe("retry", () => {
  test("gives the value of the first attempt that succeeds, after delays exact to the millisecond", () => {
    const { play, log, say } = lab();
    const backoff = exponentialBackoff({ firstMs: 100, jitter: 0 });
    expect(play(() => retry(flaky(say, 4), { attempts: 5, backoff }))).toBe("fulfilled yes 4");
    expect(log).toEqual(["0 attempt 1", "100 attempt 2", "300 attempt 3", "700 attempt 4"]);
  });

  test("throws the last error with the earlier ones in `suppressed`, in their order; three attempts by default", () => {
    const { play, log, say } = lab();
    play(function* () {
      const error = (yield* caught(() => retry(flaky(say, 9), { backoff: 10 }))) as Error & { suppressed: Error[] };
      expect([tell(error), error.suppressed.map(tell)]).toEqual(["Error: no 3", ["Error: no 1", "Error: no 2"]]);
    });
    expect(log).toEqual(["0 attempt 1", "10 attempt 2", "20 attempt 3"]);
  });

  test("keeps what was suppressed by the last error itself, and lists an error thrown each time once", () => {
    const { play } = lab();
    const same = new Error("same");
    play(function* () {
      const fails = function* (message: string): Operation<void> {
        throw new Error(message);
      };
      const error = (yield* caught(() =>
        retry((attempt) => all([fails(`a${attempt}`), fails(`b${attempt}`)]), { attempts: 2, backoff: 0 }),
      )) as Error & { suppressed: Error[] };
      expect([tell(error), error.suppressed.map(tell)]).toEqual(["Error: a2", ["Error: b2", "Error: a1"]]);
      const again = yield* caught(() =>
        retry(
          function* () {
            throw same;
          },
          { backoff: 0 },
        ),
      );
      expect([again === same, "suppressed" in same]).toEqual([true, false]);
    });
  });

  test("never retries a cancellation, its own or somebody else's", () => {
    const { start, finish, loop, log, say } = lab();
    const { future } = Future.withResolvers<void>({ loop });
    future.cancel("gone");
    const task = start(() =>
      retry(function* (attempt) {
        say(`attempt ${attempt}`);
        yield* sleep(100);
      }),
    );
    const other = start(function* () {
      say(
        tell(
          yield* caught(() =>
            retry(function* () {
              say("foreign");
              yield* future;
            }),
          ),
        ),
      );
      say(
        tell(
          yield* caught(() =>
            retry(function* () {
              say("own scope");
              currentScope()?.cancel("mine");
              yield* sleep(1);
            }),
          ),
        ),
      );
    });
    loop.advance(50);
    task.cancel("enough");
    finish();
    expect([task.state, other.state]).toEqual(["cancelled", "done"]);
    expect(log).toEqual(["0 attempt 1", "0 foreign", "0 CancelledError gone", "0 own scope", "0 CancelledError mine"]);
  });

  test("is cut short in a delay by a cancel or a deadline", () => {
    const { play, log, say, loop } = lab();
    expect(
      play(() => failAfter(150, () => retry(flaky(say, 9), { backoff: 100, attempts: Number.POSITIVE_INFINITY }))),
    ).toContain("TimeoutError");
    expect([log, loop.now()]).toEqual([["0 attempt 1", "100 attempt 2"], 150]);
  });

  test("asks `retryIf` with the error and the number of its attempt, and not after the last", () => {
    const { play, log, say } = lab();
    const retryIf = (error: unknown, attempt: number): boolean => {
      say(`${(error as Error).message} at ${attempt}?`);
      return attempt < 2;
    };
    expect(
      play(() =>
        retry(
          flaky(() => {}, 9),
          { retryIf, backoff: 1, attempts: 5 },
        ),
      ),
    ).toBe("rejected Error: no 2");
    expect(
      play(() =>
        retry(
          flaky(() => {}, 9),
          { retryIf, backoff: 1, attempts: 1 },
        ),
      ),
    ).toBe("rejected Error: no 1");
    expect(log).toEqual(["0 no 1 at 1?", "1 no 2 at 2?"]);
  });

  test("asks a custom schedule, which may wait by the error, and ends by undefined", () => {
    const { play, log, say } = lab();
    const backoff = (attempt: number, error: unknown): number | undefined =>
      attempt > 2 ? undefined : Number((error as Error).message.slice(3)) * 7;
    expect(play(() => retry(flaky(say, 9), { backoff, attempts: 9 }))).toBe("rejected Error: no 3");
    expect(log).toEqual(["0 attempt 1", "7 attempt 2", "21 attempt 3"]);
  });

  test("gives back what an attempt used before the next one begins", () => {
    const { play, log, say } = lab();
    play(() =>
      retry(
        function* (attempt) {
          yield* use({ [Symbol.dispose]: () => say(`closed ${attempt}`) });
          say(`opened ${attempt}`);
          if (attempt === 1) throw new Error("no");
        },
        { backoff: 5 },
      ),
    );
    expect(log).toEqual(["0 opened 1", "0 closed 1", "5 opened 2", "5 closed 2"]);
  });

  test("has the attempt's error as cause of what `retryIf` or `backoff` throw, NaN included", () => {
    const { play } = lab();
    play(function* () {
      const bad = yield* caught(() =>
        retry(
          flaky(() => {}, 9),
          { backoff: () => Number.NaN },
        ),
      );
      expect([tell(bad), tell(bad.cause)]).toEqual([
        "RangeError: Cannot wait after attempt 1 of flaky: the time is NaN; give milliseconds.",
        "Error: no 1",
      ]);
      const thrower = yield* caught(() =>
        retry(
          flaky(() => {}, 9),
          {
            retryIf: () => {
              throw new Error("bug");
            },
          },
        ),
      );
      expect([tell(thrower), tell(thrower.cause)]).toEqual(["Error: bug", "Error: no 1"]);
    });
  });

  test.each([0, -1, 1.5, Number.NaN, "3" as never])("refuses %s attempts", (attempts) => {
    expect(
      tell(
        thrown(() =>
          retry(
            flaky(() => {}, 1),
            { attempts },
          ),
        ),
      ),
    ).toMatch(/^RangeError: Cannot retry with .* attempts: give a whole number from 1/);
  });

  test("refuses what is no function, no time, no condition", () => {
    expect(tell(thrown(() => retry(5 as never)))).toContain(
      "TypeError: Cannot retry: the body is 5; give a function that returns an operation.",
    );
    expect(
      tell(
        thrown(() =>
          retry(
            flaky(() => {}, 1),
            { backoff: "1s" as never },
          ),
        ),
      ),
    ).toBe('TypeError: Cannot retry: the time is "1s"; give milliseconds.');
    expect(
      tell(
        thrown(() =>
          retry(
            flaky(() => {}, 1),
            { retryIf: 1 as never },
          ),
        ),
      ),
    ).toBe("TypeError: Cannot retry if 1: `retryIf` must be a function.");
  });
});

describe("an exponential backoff", () => {
  test("grows by its factor up to its maximum, and takes the random part off", () => {
    const chance = [0, 0.5, 0.9, 0];
    const random = (): number => chance.shift() as number;
    const backoff = exponentialBackoff({ firstMs: 10, factor: 3, maxMs: 60, jitter: 0.5, random });
    expect([1, 2, 3, 4].map((attempt) => backoff(attempt, undefined))).toEqual([10, 22.5, 33, 60]);
  });

  test("on a loop with a seed takes its chance from that: the same delays again, wherever it was made", () => {
    const backoff = exponentialBackoff();
    const delaysOf = (seed: number): number[] => {
      const here = lab({ seed });
      const delays: number[] = [];
      const logged = (attempt: number, error: unknown): number => {
        delays.push(backoff(attempt, error) as number);
        return delays.at(-1) as number;
      };
      here.play(() =>
        retry(
          function* () {
            throw new Error("down");
          },
          { attempts: 4, backoff: logged },
        ),
      );
      return delays;
    };
    expect(delaysOf(7)).toEqual(delaysOf(7));
    expect(delaysOf(7)).not.toEqual(delaysOf(8));
  });

  test("stays a number however many attempts there were", () => {
    expect(exponentialBackoff({ jitter: 0 })(5000, undefined)).toBe(30_000);
    expect(exponentialBackoff({ firstMs: 0, jitter: 0 })(5000, undefined)).toBe(0);
  });

  test("lets chance decide half of each delay by default", () => {
    const backoff = exponentialBackoff();
    const delays = Array.from({ length: 200 }, () => backoff(1, undefined) as number);
    expect(delays.every((delay) => delay > 50 && delay <= 100)).toBe(true);
    expect(new Set(delays).size).toBeGreaterThan(1);
  });

  test.each([
    [{ firstMs: -1 }, "firstMs -1: give a number from 0."],
    [{ factor: 0.5 }, "factor 0.5: give a number from 1."],
    [{ maxMs: -1 }, "maxMs -1: give a number from 0."],
    [{ jitter: 1.5 }, "jitter 1.5: give a number from 0 to 1."],
  ])("refuses %o", (options, message) => {
    expect(tell(thrown(() => exponentialBackoff(options)))).toBe(
      `RangeError: Cannot make a backoff with the ${message}`,
    );
  });
});

test("keeps the ten errors before the last, however many attempts there were", () => {
  const here = lab();
  let last: (Error & { suppressed?: readonly Error[] }) | undefined;
  here.play(function* () {
    last = yield* caught(() =>
      retry(
        flaky(() => {}, 100),
        { attempts: 50, backoff: 0 },
      ),
    );
  });
  expect(last?.message).toBe("no 50");
  expect(last?.suppressed?.map((error) => error.message)).toEqual(Array.from({ length: 10 }, (_, i) => `no ${40 + i}`));
});
