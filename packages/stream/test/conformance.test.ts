import { sleep } from "@skein/coroutine";
import { describe, test } from "vitest";
import {
  buffer,
  channel,
  chunk,
  combineLatest,
  concat,
  delay,
  distinct,
  drop,
  dropWhile,
  empty,
  filter,
  flatMap,
  from,
  groupBy,
  interval,
  lines,
  log,
  map,
  mapAsync,
  merge,
  type Operator,
  race,
  rateLimit,
  retry,
  type Stream,
  scan,
  take,
  takeWhile,
  tap,
  timeout,
  unfold,
  window,
  zip,
} from "../src/index.ts";
import { checkLog, checkSource } from "../src/testing/index.ts";

const numbers = [1, 2, 3, 4, 5];
const error = new Error("source");

const generator = (failing = false) =>
  from(function* () {
    for (const n of numbers) {
      if (n % 2 === 0) yield* sleep(n);
      yield n;
    }
    if (failing) throw error;
  });

const filledChannel = () => {
  const { sender, receiver } = channel<number>(8);
  for (const n of numbers) sender.trySend(n);
  sender.close();
  return receiver;
};

const filledLog = () => {
  const made = log<number>({ keep: "unbounded" });
  for (const n of numbers) made.append(n);
  made.end();
  return made.read() as Stream<number>;
};

const sources: [string, () => Stream<number>][] = [
  ["an array", () => from(numbers)],
  ["an iterable", () => from(new Set(numbers))],
  ["a generator that waits", generator],
  ["a channel", filledChannel],
  ["a log", filledLog],
  ["concat", () => concat([1, 2], from([3]), [4, 5])],
  ["merge", () => merge(numbers)],
  ["merge with one that waits", () => merge(generator(), empty<number>())],
  ["combineLatest", () => combineLatest(generator(), ["a"]).pipe(map(([n]) => n))],
  ["race", () => race(interval(1000) as Stream<number>, generator())],
  ["unfold", () => unfold(1, (n) => (n > 5 ? undefined : [n, n + 1]))],
  ["a chunk of many lines", () => from(["1\n2\n3\n4\n", "5"]).pipe(lines(), map(Number))],
];

describe.each(sources)("%s keeps the rules of source.ts", (_name, make) => {
  for (const { id, name, run } of checkSource(() => ({ stream: make(), items: numbers }))) test(`${id} ${name}`, run);
});

describe("a generator that fails keeps the rules of source.ts", () => {
  for (const { id, name, run } of checkSource(() => ({
    stream: generator(true),
    items: numbers,
    failure: { error },
  }))) {
    test(`${id} ${name}`, run);
  }
});

const operators: [string, Operator<number, unknown>, unknown[]][] = [
  ["map", map((n) => -n), [-1, -2, -3, -4, -5]],
  ["filter", filter((n) => n !== 2), [1, 3, 4, 5]],
  ["tap", tap(() => {}), numbers],
  ["scan", scan((sum, n) => sum + n, 0), [1, 3, 6, 10, 15]],
  ["take", take(3), [1, 2, 3]],
  ["takeWhile", takeWhile((n) => n < 3), [1, 2]],
  ["drop", drop(2), [3, 4, 5]],
  ["dropWhile", dropWhile((n) => n < 3), [3, 4, 5]],
  ["distinct", distinct((n) => n % 3), [1, 2, 3]],
  ["chunk", (up) => map((list: number[]) => list.join())(chunk<number>(2)(up)), ["1,2", "3,4", "5"]],
  ["window", (up) => map((list: number[]) => list.join())(window<number>(4)(up)), ["1,2,3,4", "2,3,4,5"]],
  ["delay", delay(3, { capacity: 2 }), numbers],
  ["rateLimit", rateLimit({ count: 2, perMs: 5 }), numbers],
  ["buffer", buffer(2), numbers],
  [
    "groupBy",
    (up) => map((group: { key: boolean }) => group.key)(groupBy((n: number) => n > 1, { capacity: 4 })(up)),
    [false, true],
  ],
  ["flatMap", flatMap((n) => [n, -n]), [1, -1, 2, -2, 3, -3, 4, -4, 5, -5]],
  ["flatMap of waiting streams", flatMap((n) => generator().pipe(take(n % 2))), [1, 1, 1]],
  [
    "mapAsync",
    mapAsync(function* (n) {
      yield* sleep(10 - n);
      return n;
    }, 3),
    numbers,
  ],
  ["timeout", timeout({ firstMs: 1000, betweenMs: 1000, totalMs: 10_000 }), numbers],
  ["retry", retry(3), numbers],
  [
    "zip",
    (up) => map(([n, text]: readonly [number, string]) => `${n}${text}`)(zip(up as Stream<number>, "abc")),
    ["1a", "2b", "3c"],
  ],
  [
    "lines",
    (up) => lines()(map((n: number) => `${n}\n${n === 5 ? "rest" : ""}`)(up)),
    ["1", "2", "3", "4", "5", "rest"],
  ],
];

for (const [kind, make] of [sources[0], sources[2]] as typeof sources) {
  describe.each(operators)(`%s over ${kind} keeps the rules of source.ts`, (_name, operator, items) => {
    for (const { id, name, run } of checkSource(() => ({ stream: make().pipe(operator), items }))) {
      test(`${id} ${name}`, run);
    }
  });
}

const failing = from({
  *[Symbol.iterator](): Generator<number, void> {
    yield* numbers;
    throw error;
  },
});
const toTheEnd = [...operators, ["buffer of all", buffer(9), numbers] as const].filter(
  ([name]) => !["take", "takeWhile", "zip", "retry"].includes(name),
);
describe.each(toTheEnd)("%s over what fails at its end keeps the rules of source.ts", (_name, operator, items) => {
  const make = () => ({ stream: failing.pipe(operator), items, failure: { error } });
  for (const { id, name, run } of checkSource(make)) test(`${id} ${name}`, run);
});

describe("log() is a StreamLog", () => {
  for (const { id, name, run } of checkLog({ make: (keep) => log<string>({ keep }) })) test(`${id} ${name}`, run);
});
