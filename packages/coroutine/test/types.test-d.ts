/* What the compiler infers, and what it refuses. Checked by `tsc`, never run. */
import { expectTypeOf } from "vitest";
import {
  all,
  any,
  type Coroutine,
  call,
  checkpoint,
  coroutine,
  detach,
  ensure,
  type Future,
  failAfter,
  group,
  mapAll,
  moveOnAfter,
  type Operation,
  type Outcome,
  race,
  receiver,
  run,
  scope,
  settled,
  shield,
  sleep,
  type Task,
  until,
  use,
  type Wait,
} from "../src/index.ts";

declare const future: Future<number>;
declare const task: Task<"t">;
declare const text: Operation<string>;

// What `yield*` gives.
run(function* (root) {
  expectTypeOf(yield* future).toEqualTypeOf<number>();
  expectTypeOf(yield* task).toEqualTypeOf<"t">();
  expectTypeOf(yield* text).toEqualTypeOf<string>();
  expectTypeOf(yield* task.join()).toEqualTypeOf<Outcome<"t">>();
  expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
  expectTypeOf(yield* checkpoint()).toEqualTypeOf<void>();
  expectTypeOf(yield* call(text)).toEqualTypeOf<string>();
  expectTypeOf(yield* call(() => future)).toEqualTypeOf<number>();
  expectTypeOf(yield* until(Promise.resolve(1))).toEqualTypeOf<number>();
  expectTypeOf(yield* until(async (signal) => signal.aborted)).toEqualTypeOf<boolean>();
  expectTypeOf(yield* ensure(() => {})).toEqualTypeOf<void>();
  expectTypeOf(yield* use({ acquire: () => future, release: (n) => void n.toFixed() })).toEqualTypeOf<number>();
  const disposable = { [Symbol.dispose]() {}, id: 1 };
  expectTypeOf(yield* use(disposable)).toEqualTypeOf<typeof disposable>();

  // spawn and detach
  expectTypeOf(root.spawn(text)).toEqualTypeOf<Task<string>>();
  expectTypeOf(root.spawn(() => future)).toEqualTypeOf<Task<number>>();
  expectTypeOf(
    root.spawn(function* () {
      yield* sleep(1);
      return { a: 1 };
    }),
  ).toEqualTypeOf<Task<{ a: number }>>();
  expectTypeOf(
    root.spawn(function* (): Operation<never> {
      throw new Error("no");
    }),
  ).toEqualTypeOf<Task<never>>();
  expectTypeOf(detach(text, { onError: (error) => void expectTypeOf(error).toEqualTypeOf<unknown>() })).toEqualTypeOf<
    Task<string>
  >();
  // @ts-expect-error C6 detached work names where its errors go
  detach(text, {});
  // @ts-expect-error a function with parameters is no body
  root.spawn((n: number) => sleep(n));
  // @ts-expect-error only two places can hear of a failure
  root.spawn(text, { onError: "nobody" });

  // blocks
  expectTypeOf(
    yield* group(function* () {
      return 1;
    }),
  ).toEqualTypeOf<number>();
  expectTypeOf(yield* group(() => text, { onCancel: () => "instead" })).toEqualTypeOf<string>();
  expectTypeOf(yield* scope(() => future)).toEqualTypeOf<number | undefined>();
  expectTypeOf(yield* moveOnAfter(1, () => future)).toEqualTypeOf<number | undefined>();
  expectTypeOf(yield* failAfter(1, () => future)).toEqualTypeOf<number>();
  expectTypeOf(yield* shield(() => future)).toEqualTypeOf<number>();
  // What its deadline has ended gives undefined.
  expectTypeOf(yield* shield(() => future, { deadlineMs: 5 })).toEqualTypeOf<number | undefined>();
  expectTypeOf(yield* shield((_) => future)).toEqualTypeOf<number>();
  expectTypeOf(yield* shield(() => future, {})).toEqualTypeOf<number | undefined>();

  // combinators keep tuples
  expectTypeOf(yield* all([future, text, () => task])).toEqualTypeOf<[number, string, "t"]>();
  expectTypeOf(yield* all([1, 2].map(() => text))).toEqualTypeOf<string[]>();
  expectTypeOf(yield* race([future, text])).toEqualTypeOf<number | string>();
  expectTypeOf(yield* any([future, () => text])).toEqualTypeOf<number | string>();
  expectTypeOf(yield* settled([future, text])).toEqualTypeOf<[Outcome<number>, Outcome<string>]>();
  expectTypeOf(
    yield* mapAll(
      ["a"],
      (item, index) => {
        expectTypeOf(item).toEqualTypeOf<string>();
        expectTypeOf(index).toEqualTypeOf<number>();
        return future;
      },
      { limit: 1 },
    ),
  ).toEqualTypeOf<number[]>();
});

// run
expectTypeOf(
  run(function* () {
    yield* sleep(1);
    return 42;
  }),
).toEqualTypeOf<Task<number>>();
expectTypeOf(run(() => text)).toEqualTypeOf<Task<string>>();
expectTypeOf<Awaited<Task<number>>>().toEqualTypeOf<number>();
expectTypeOf<Task<number>>().toExtend<Future<number>>();
expectTypeOf<Task<1>>().toExtend<Operation<number>>();

// C1 the forgotten star does not compile
// @ts-expect-error C1 `yield 5`
run(function* () {
  yield 5;
});
// @ts-expect-error C1 `yield future`
run(function* () {
  yield future;
});
// @ts-expect-error C1 `yield sleep()`
group(function* () {
  yield sleep(1);
});
// @ts-expect-error C1 a promise is no operation
run(() => Promise.resolve(1));
// @ts-expect-error C1 nor is what an async function gives
run(async () => 1);
// @ts-expect-error C1 nor a generator of something else
call(function* () {
  yield "item";
});

// two-way coroutines: out, return, in
const averager = coroutine(function* (start: number): Generator<number, string, boolean> {
  expectTypeOf(yield start).toEqualTypeOf<boolean>();
  return "over";
});
expectTypeOf(averager).parameters.toEqualTypeOf<[number]>();
expectTypeOf(averager(1)).toEqualTypeOf<Coroutine<number, string, boolean>>();
expectTypeOf(averager(1).trySend).parameter(0).toEqualTypeOf<boolean>();
expectTypeOf(averager(1).tryNext()).toEqualTypeOf<IteratorResult<number, string>>();
expectTypeOf(averager(1).next()).toEqualTypeOf<Operation<IteratorResult<number, string>>>();
expectTypeOf(averager(1).close()).toEqualTypeOf<Operation<IteratorResult<number, string | undefined>>>();

// one that waits: Wait is not among what it gives out
const waiting = coroutine(function* (): Generator<Wait | "item", void, string> {
  yield* sleep(1);
  yield "item";
});
expectTypeOf(waiting()).toEqualTypeOf<Coroutine<"item", void, string>>();
const inferred = coroutine(function* () {
  yield* sleep(1);
  yield Date.now();
  return String(1);
});
expectTypeOf(inferred().tryNext()).toEqualTypeOf<IteratorResult<number, string>>();
expectTypeOf(
  receiver(function* (): Generator<void, void, Uint8Array> {
    yield;
  })(),
).toEqualTypeOf<Coroutine<void, void, Uint8Array>>();
// @ts-expect-error what is sent has the type that the body takes
averager(1).trySend("text");
