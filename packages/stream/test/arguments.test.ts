import { sleep } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import {
  broadcast,
  buffer,
  cancellable,
  channel,
  chunk,
  concat,
  debounce,
  delay,
  fromCallback,
  fromEvent,
  groupBy,
  interval,
  mapAsync,
  rateLimit,
  retry,
  sample,
  share,
  take,
  throttle,
  timeout,
} from "../src/index.ts";
import { play } from "./support.ts";

/** What a program without types can do wrong. */
const wrong = "nonsense" as never;
const group = { spawn() {} } as never;

describe("what is wrong is told at the call, by a TypeError that says what to do", () => {
  test.each<[name: string, make: () => unknown]>([
    ["a channel's policy", () => channel(1, { overflow: wrong })],
    ["a policy that cannot merge", () => channel(1, { overflow: {} as never })],
    ["a broadcast's policy", () => broadcast(1, { overflow: wrong })],
    ["a buffer's policy", () => buffer(1, { overflow: wrong })],
    ["a policy of groups", () => groupBy((n) => n, { overflow: wrong })],
    ["a policy of fromCallback", () => fromCallback(() => {}, { overflow: wrong })],
    ["a policy that waits where nobody can", () => fromCallback(() => {}, { overflow: "wait" as never })],
    ["a policy of fromEvent", () => fromEvent(new EventTarget(), "x", { overflow: wrong })],
    ["how share treats the slow", () => share(group, { slow: wrong })],
    ["share without an owner", () => share(undefined as never)],
    ["share with an owner that is none", () => share({} as never)],
    ["a source of concat", () => concat([1], 5 as never)],
    ["a time of debounce", () => debounce("3" as never)],
    ["a time of throttle", () => throttle("3" as never)],
    ["a time of delay", () => delay("3" as never)],
    ["a time of sample", () => sample("3" as never)],
    ["a time of interval", () => interval("3" as never)],
    ["a time of timeout", () => timeout({ firstMs: "3" as never })],
    ["a time of chunk", () => chunk(1, { withinMs: "3" as never })],
    ["a time of cancellable", () => cancellable(async function* () {}, { graceMs: "3" as never })],
    ["a time of rateLimit", () => rateLimit({ count: 1, perMs: "3" as never })],
    ["a limit of mapAsync", () => mapAsync(() => sleep(1), "3" as never)],
    ["a count of retry", () => retry("3" as never)],
    ["a count of take", () => take("3" as never)],
  ])("%s", (_name, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/^Cannot [^:]+: .+\.$/);
  });
});

test("concat opens what can be run once by once, and refuses it afterwards", () => {
  const once = [1, 2].values();
  const both = concat([0], once);
  expect(play(() => both.toArray())).toEqual([0, 1, 2]);
  expect(() => play(() => both.toArray())).toThrow(/run before/);
});
