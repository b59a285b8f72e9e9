/*
 * Code that is not Skein's, on the test's clock.
 */
import { afterEach, describe, expect, test } from "vitest";
import { sleep, until } from "../../src/index.ts";
import { type LeakError, runTest, type TestBody, type TestControl, type TestOptions } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

const real = { Date, setTimeout, clearTimeout, setInterval, clearInterval, timeout: AbortSignal.timeout };
const options: TestOptions = { hostClock: globalThis };
const onClock = <T>(body: TestBody<T>): Promise<T> => runTest(body, options);

/** What one writes with promises and timers. */
const later = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

afterEach(() => {
  expect({ Date, setTimeout, clearTimeout, setInterval, clearInterval, timeout: AbortSignal.timeout }).toEqual(real);
  expect(Object.hasOwn(performance, "now")).toBe(false);
});

describe("hostClock", () => {
  test("Date and performance tell virtual time, from 2000 on", async () => {
    const times = await onClock(function* () {
      yield* sleep(86_400_000);
      const day = new Date();
      return [day.toISOString(), Date.now() - day.getTime(), performance.now(), day instanceof Date, typeof Date()];
    });
    expect(times).toEqual(["2000-01-02T00:00:00.000Z", 0, 86_400_000, true, "string"]);
    const given = await onClock(function* () {
      return [new Date(5).getTime(), new Date(2020, 0, 2).getDate(), Date.UTC(1970, 0)];
    });
    expect(given).toEqual([5, 2, 0]);
  });

  test("a timer of foreign code fires in its turn", async () => {
    const log = await onClock(function* (root, t) {
      const log: string[] = [];
      root.spawn(function* () {
        yield* sleep(10);
        log.push(`task at ${t.now()}`);
      });
      setTimeout((text: string) => void log.push(`${text} at ${t.now()}`), 5, "timeout");
      const interval = setInterval(() => {
        log.push(`interval at ${t.now()}`);
        if (t.now() >= 8) clearInterval(interval);
      }, 4);
      clearTimeout(setTimeout(() => void log.push("never"), 1));
      clearTimeout(Number(setTimeout(() => void log.push("never"), 1)));
      yield* sleep(20);
      return log;
    });
    expect(log).toEqual(["interval at 4", "timeout at 5", "interval at 8", "task at 10"]);
  });

  test("a promise may wait for such a timer, and for others after turns of the host", async () => {
    const waits = async (t: TestControl): Promise<string> => {
      const text = await later(1_000, "answered");
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => void setImmediate(resolve));
      await later(500, undefined);
      return `${text} at ${t.now()}`;
    };
    const log = await onClock(function* (root, t) {
      const log: string[] = [];
      root.spawn(function* () {
        yield* sleep(1_200);
        log.push(`slept until ${t.now()}`);
      });
      log.push(yield* until(() => waits(t)));
      return log;
    });
    expect(log).toEqual(["slept until 1200", "answered at 1500"]);
  });

  test("a promise that waits for nothing is waited for in real time, and not for ever", async () => {
    const failure = await rejection(runTest(() => until(new Promise(() => {})), { ...options, holdTimeoutMs: 1 }));
    expect(failure.message).toContain("time stands still");
  });

  test("AbortSignal.timeout follows, and is no leak", async () => {
    const seen = await onClock(function* () {
      const [soon, late] = [AbortSignal.timeout(5), AbortSignal.timeout(50)];
      yield* sleep(10);
      return [soon.aborted, (soon.reason as Error).name, late.aborted];
    });
    expect(seen).toEqual([true, "TimeoutError", false]);
  });

  test("a timer left behind is a leak, from where it was set", async () => {
    const failure = await rejection<LeakError>(
      onClock(function* () {
        setInterval(() => {}, 10).unref();
        yield* sleep(25);
      }),
    );
    expect(failure.leaks).toMatchObject([{ kind: "timer", bornAt: expect.stringMatching(/host-clock\.test\.ts/) }]);
  });

  test("two tests cannot have it at once", async () => {
    const first = onClock(() => sleep(5));
    await expect(onClock(() => sleep(5))).rejects.toThrow("another one has it");
    await first;
  });
});
