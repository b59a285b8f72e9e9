import * as built from "@skein/future";
import * as testing from "@skein/future/testing";
import { expect, test } from "vitest";
import * as source from "../src/index.ts";

test("what was built has the names of the sources, and the classes keep theirs", () => {
  expect(Object.keys(built).sort()).toEqual(Object.keys(source).sort());
  expect([built.Future.name, built.CancelledError.name, built.TimeoutError.name]).toEqual([
    "Future",
    "CancelledError",
    "TimeoutError",
  ]);
});

test("both entries share one class: a check of the testing entry drives a future of the main one", () => {
  const checks = testing.checkAwaitable((loop) => {
    const { future, resolve } = built.Future.withResolvers<number>({ loop });
    return { operation: () => future, provide: () => resolve(1), answer: 1 };
  });
  for (const { run } of checks) run();
  expect(checks.length).toBeGreaterThan(9);
});

test("F1 F6 the built package works, also for a native await and a native Promise.all", async () => {
  const { future, resolve } = built.Future.withResolvers<string>();
  setImmediate(() => resolve("built"));
  expect(await Promise.all([future, future.then((value) => value.length)])).toEqual(["built", 5]);
});
