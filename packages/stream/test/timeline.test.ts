import { describe, expect, test } from "vitest";
import {
  buffer,
  combineLatest,
  concat,
  debounce,
  delay,
  filter,
  interval,
  map,
  mapAsync,
  merge,
  race,
  rateLimit,
  sample,
  switchMap,
  take,
  takeUntil,
  throttle,
  timeout,
  zip,
} from "../src/index.ts";
import { checkSource, timeline, timelineOf } from "../src/testing/index.ts";
import { play } from "./support.ts";

describe("timeline and timelineOf", () => {
  test.each(["", "|", "#", "a|", "-a-b-|", "(ab)-c--(d|)", "--a--#", "ab---c", "(ab#)", "-é-😀-|"])(
    "%j is read and drawn again",
    (marbles) => {
      expect(timelineOf(timeline(marbles))).toBe(marbles);
    },
  );

  test("blanks mean nothing; an open timeline is drawn to its last item", () => {
    expect(timelineOf(timeline(" -a -\n( b c )- |"))).toBe("-a-(bc)-|");
    expect(timelineOf(timeline("-a---"))).toBe("-a");
  });

  test("letters stand for values, both ways; # for an error; any other error is thrown", () => {
    const [one, two] = [{ n: 1 }, { n: 2 }];
    const error = new Error("mine");
    const options = { values: { a: one, b: two }, error };
    const source = timeline("-ab#", options);
    expect(timelineOf(source, options)).toBe("-ab#");
    expect(play(() => timeline("ba|", options).toArray())).toEqual([two, one]);
    expect(() => timelineOf(source, { values: options.values })).toThrow(error);
    expect(() => timelineOf(source)).toThrow(RangeError);
  });

  test("frames may be longer; what happens between two cannot be drawn", () => {
    expect(timelineOf(timeline("-a-|", { frameMs: 10 }), { frameMs: 10 })).toBe("-a-|");
    expect(timelineOf(timeline("-a-|", { frameMs: 3 }))).toBe("---a-----|");
    expect(() => timelineOf(timeline("-a-|", { frameMs: 3 }), { frameMs: 2 })).toThrow(RangeError);
    expect(() => timeline("a", { frameMs: 0 })).toThrow(RangeError);
  });

  test("a timeline that is left while it waits keeps no timer", () => {
    expect(play(() => race(timeline("---a|"), timeline("-b|")).toArray())).toEqual(["b"]);
  });

  test("forMs stops what does not end", () => {
    expect(timelineOf(interval(2), { forMs: 7 })).toBe("--0-1-2");
  });

  test.each(["a|b", "#-", "(a", "a)", "((a))", "(a|b)", "(a-b)"])("%j is no timeline", (marbles) => {
    expect(() => timeline(marbles)).toThrow(RangeError);
  });

  for (const { id, name, run } of checkSource(() => ({ stream: timeline("-a-(bc)-|"), items: ["a", "b", "c"] }))) {
    test(`${id} ${name}`, run);
  }
});

describe("operators, drawn", () => {
  const t = (marbles: string) => timeline(marbles);
  const upper = (text: string): string => text.toUpperCase();
  test.each([
    ["map", t("-a-b-|").pipe(map(upper)), "-A-B-|"],
    ["filter", t("-a-b-#").pipe(filter((x) => x !== "a")), "---b-#"],
    ["take", t("-a-b-c-|").pipe(take(2)), "-a-(b|)"],
    ["delay", t("-a-b-|").pipe(delay(2)), "---a-(b|)"],
    ["delay, failing", t("-a-#").pipe(delay(4)), "-----(a#)"],
    ["debounce", t("-ab---c-|").pipe(debounce(2)), "----b---(c|)"],
    ["throttle", t("-abc--d-|").pipe(throttle(3)), "-a----d-|"],
    ["throttle, trailing", t("-abc---d-|").pipe(throttle(3, { trailing: true })), "-a--c--d-|"],
    ["sample", t("-abc-----d|").pipe(sample(3)), "----c-----(d|)"],
    ["rateLimit", t("(abcd)-|").pipe(rateLimit({ count: 1, perMs: 2 })), "a-b-c-(d|)"],
    ["buffer", t("-a(bc)-|").pipe(buffer(1)), "-a(bc)-|"],
    ["timeout", t("-a--b").pipe(timeout({ betweenMs: 5 }), takeUntil(AbortSignal.abort())), "|"],
    ["switchMap", t("-a---b--|").pipe(switchMap((x) => t(`${x}-${x}-${x}|`))), "-a-a-b-b-b|"],
    ["mapAsync", t("-ab|").pipe(mapAsync((x) => t(x === "a" ? "----A|" : "-B|").first(), 2)), "-----(AB|)"],
    [
      "mapAsync, unordered",
      t("-ab|").pipe(mapAsync((x) => t(x === "a" ? "----A|" : "-B|").first(), { limit: 2, ordered: false })),
      "---B-(A|)",
    ],
    ["concat", concat(t("-a|"), t("-b-|")), "-a-b-|"],
    ["merge", merge(t("-a-c-|"), t("--b--d--|")), "-abc-d--|"],
    ["merge, failing", merge(t("-a-c-|"), t("--#")), "-a#"],
    ["race", race(t("--a-b-|"), t("-c--d--|"), t("---|")), "-c--d--|"],
    ["zip", zip(t("-a-b-|"), t("--c---d-|")).pipe(map(([x]) => x)), "--a---(b|)"],
    ["combineLatest", combineLatest(t("-a--b-|"), t("--c--|")).pipe(map(([x]) => x)), "--a-b-|"],
  ])("%s", (_name, stream, expected) => {
    expect(timelineOf(stream)).toBe(expected);
  });
});
