import type { Operation, Wait } from "@skein/coroutine";
import { sleep } from "@skein/coroutine";
import { expectTypeOf, test } from "vitest";
import {
  broadcast,
  buffer,
  type Channel,
  cancellable,
  channel,
  combineLatest,
  concat,
  delay,
  type Entry,
  filter,
  flatMap,
  from,
  fromCallback,
  fromEvent,
  type Group,
  groupBy,
  type Lagged,
  log,
  map,
  mapAsync,
  merge,
  type Operator,
  type Reader,
  type Receiver,
  race,
  rateLimit,
  type Sink,
  type Stream,
  type Streamable,
  scan,
  type Terminal,
  take,
  tap,
  window,
  zip,
} from "../src/index.ts";

test("from infers the items of whatever it is given", () => {
  expectTypeOf(from([1, 2])).toEqualTypeOf<Stream<number>>();
  expectTypeOf(from(new Set(["a"]))).toEqualTypeOf<Stream<string>>();
  expectTypeOf(from(new Response().body as ReadableStream<Uint8Array>)).toEqualTypeOf<Stream<Uint8Array>>();
  expectTypeOf(
    from(async function* () {
      yield 1;
    }),
  ).toEqualTypeOf<Stream<number>>();
  expectTypeOf(from(from([1]))).toEqualTypeOf<Stream<number>>();
});

test("a generator's waits are no items", () => {
  const ticks = from(function* () {
    yield* sleep(1);
    yield "tick" as string;
  });
  expectTypeOf(ticks).toEqualTypeOf<Stream<string>>();
});

test("pipe passes the types along, without annotations", () => {
  const stream = from([1, 2, 3]).pipe(
    map((n) => `${n}`),
    filter((text) => text.length > 0),
    scan((sum, text) => sum + text.length, 0),
    take(2),
    map((n) => ({ n })),
    flatMap(({ n }) => [n]),
    mapAsync(function* (n): Generator<Wait, boolean> {
      yield* sleep(n);
      return true;
    }, 2),
  );
  expectTypeOf(stream).toEqualTypeOf<Stream<boolean>>();
  expectTypeOf(map((n: number) => `${n}`)).toEqualTypeOf<Operator<number, string>>();
  expectTypeOf(from([1, "a"]).pipe(filter((item) => typeof item === "string"))).toEqualTypeOf<Stream<string>>();
  // @ts-expect-error a string has no toFixed
  from(["a"]).pipe(map((text) => text.toFixed()));
});

test("terminals are operations and promises of their answer", () => {
  const stream = from([1, 2]);
  expectTypeOf(stream.toArray()).toEqualTypeOf<Terminal<number[]>>();
  expectTypeOf(stream.toArray()).toExtend<Operation<number[]>>();
  expectTypeOf(stream.toArray()).toExtend<PromiseLike<number[]>>();
  expectTypeOf(stream.first()).toEqualTypeOf<Terminal<number>>();
  expectTypeOf(stream.first({ default: undefined })).toEqualTypeOf<Terminal<number | undefined>>();
  expectTypeOf(stream.reduce((text, n) => text + n, "")).toEqualTypeOf<Terminal<string>>();
  const seen: number[] = [];
  const keep = (n: number) => seen.push(n);
  expectTypeOf(stream.forEach(keep)).toEqualTypeOf<Terminal<void>>();
  expectTypeOf(stream.forEach(sleep)).toEqualTypeOf<Terminal<void>>();
});

test("several sources", () => {
  expectTypeOf(concat([1], from(["a"]))).toEqualTypeOf<Stream<number | string>>();
  expectTypeOf(merge(from([1]), from([2]))).toEqualTypeOf<Stream<number>>();
  expectTypeOf(zip([1], from(["a"]))).toEqualTypeOf<Stream<[number, string]>>();
});

test("several sources in one, groups, windows", () => {
  expectTypeOf(combineLatest([1], from(["a"]))).toEqualTypeOf<Stream<[number, string]>>();
  expectTypeOf(race([1], from(["a"]))).toEqualTypeOf<Stream<number | string>>();
  const groups = from([1, 2]).pipe(
    groupBy((n) => (n > 1 ? "many" : "one")),
    tap((group) => expectTypeOf(group).toEqualTypeOf<Group<"many" | "one", number>>()),
    mapAsync((group) => group.toArray(), { limit: 2 }),
  );
  expectTypeOf(groups).toEqualTypeOf<Stream<number[]>>();
  expectTypeOf(from([1]).pipe(window(2), buffer(1), delay(1), rateLimit({ count: 1, perMs: 1 }))).toEqualTypeOf<
    Stream<number[]>
  >();
});

test("what pushes, and what is foreign", () => {
  expectTypeOf(fromEvent<MessageEvent<string>>(new EventTarget(), "message")).toEqualTypeOf<
    Stream<MessageEvent<string>>
  >();
  expectTypeOf(fromCallback<number>((emit) => void emit.push(1))).toEqualTypeOf<Stream<number>>();
  // @ts-expect-error who pushes cannot be asked to wait
  fromCallback(() => {}, { overflow: "wait" });
  expectTypeOf(
    cancellable(async function* (signal) {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      yield 1;
    }),
  ).toEqualTypeOf<Stream<number>>();
  expectTypeOf(broadcast<number>(1).subscribe()).toEqualTypeOf<Receiver<number>>();
});

test("channels, logs and readers", () => {
  const ends = channel<number>(1);
  expectTypeOf(ends).toEqualTypeOf<Channel<number>>();
  expectTypeOf(ends.sender.send(1)).toEqualTypeOf<Operation<void>>();
  expectTypeOf(ends.receiver.receive()).toEqualTypeOf<Operation<IteratorResult<number, void>>>();
  expectTypeOf(ends.receiver).toExtend<Stream<number>>();
  expectTypeOf(log<string>({ keep: 1 }).read()).toEqualTypeOf<Stream<string | Lagged>>();
  expectTypeOf(log<string>({ keep: 1 }).entries()).toEqualTypeOf<Stream<Entry<string> | Lagged>>();
  expectTypeOf<ReturnType<Reader<number>["next"]>>().toEqualTypeOf<Operation<IteratorResult<number, undefined>>>();
  // @ts-expect-error no such policy
  channel(1, { overflow: "dropAll" });
  // @ts-expect-error how much to keep has to be said
  log({});
});

test("a stream of numbers is no stream of ones, and a sink of ones is no sink of numbers", () => {
  expectTypeOf<Stream<1>>().toExtend<Stream<number>>();
  expectTypeOf<Stream<number>>().not.toExtend<Stream<1>>();
  expectTypeOf<Streamable<number>>().not.toExtend<Streamable<1>>();
  expectTypeOf<Sink<1>>().not.toExtend<Sink<number>>();
});
