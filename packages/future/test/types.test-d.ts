import { expectTypeOf, test } from "vitest";
import {
  type Awaitable,
  all,
  any,
  asCompleted,
  type CancelledError,
  type Completions,
  Future,
  isCancelled,
  type Outcome,
  type Resolvers,
  race,
  settled,
  shield,
  type Wait,
  type WaitResult,
  wait,
  withTimeout,
} from "../src/index.ts";

declare const numberToCome: Future<number>;
declare const stringToCome: Future<string>;

class Animal {
  readonly alive: boolean = true;
}
class Dog extends Animal {
  bark(): void {}
}

test("all keeps tuples, and the element type of lists and iterables", () => {
  const pair = all([numberToCome, Promise.resolve("x")]);
  expectTypeOf(pair).toEqualTypeOf<Future<[number, string]>>();
  const fixed = all([numberToCome, stringToCome] as const);
  expectTypeOf(fixed).toEqualTypeOf<Future<[number, string]>>();
  expectTypeOf(all([] as Future<number>[])).toEqualTypeOf<Future<number[]>>();
  expectTypeOf(all(new Set<Future<number>>())).toEqualTypeOf<Future<number[]>>();
  expectTypeOf(all([])).toEqualTypeOf<Future<[]>>();
});

test("the other combinators", () => {
  expectTypeOf(race([numberToCome, stringToCome])).toEqualTypeOf<Future<number | string>>();
  expectTypeOf(any([numberToCome, stringToCome])).toEqualTypeOf<Future<number | string>>();
  expectTypeOf(settled([numberToCome, stringToCome])).toEqualTypeOf<Future<[Outcome<number>, Outcome<string>]>>();
  expectTypeOf(wait([numberToCome])).toEqualTypeOf<Future<WaitResult<Future<number>>>>();
  expectTypeOf(asCompleted([numberToCome])).toEqualTypeOf<Completions<number>>();
  expectTypeOf(withTimeout(Promise.resolve(1), 10)).toEqualTypeOf<Future<number>>();
  expectTypeOf(shield(numberToCome)).toEqualTypeOf<Future<number>>();
  // @ts-expect-error a plain value is no member
  all([numberToCome, 5]);
  // @ts-expect-error nor is a single future a list of them
  wait(numberToCome);
});

test("F6 a future of a future stays one: nothing is flattened but by then", () => {
  const nested = Future.resolve(numberToCome);
  expectTypeOf(nested).toEqualTypeOf<Future<Future<number>>>();
  expectTypeOf(all([nested])).toEqualTypeOf<Future<[Future<number>]>>();
  expectTypeOf(numberToCome.then(() => stringToCome)).toEqualTypeOf<Future<string>>();
});

test("outcome narrows by status", () => {
  const { outcome } = numberToCome;
  expectTypeOf(outcome).toEqualTypeOf<Outcome<number> | undefined>();
  if (outcome?.status === "fulfilled") expectTypeOf(outcome.value).toEqualTypeOf<number>();
  if (outcome?.status === "rejected") expectTypeOf(outcome.reason).toEqualTypeOf<unknown>();
  // @ts-expect-error only a fulfilled one has a value
  void outcome?.value;
  expectTypeOf<PromiseSettledResult<number>>().toExtend<Outcome<number>>();
});

test("yield* gives the value, and WAIT is all that is yielded", () => {
  function* body() {
    const value = yield* numberToCome;
    expectTypeOf(value).toEqualTypeOf<number>();
    return yield* all([numberToCome, stringToCome]);
  }
  expectTypeOf(body()).toExtend<Generator<Wait, [number, string], unknown>>();
  expectTypeOf(body()).toExtend<Awaitable<[number, string]>>();
  function* forgotten(): Generator<Wait, void, unknown> {
    // @ts-expect-error the star is missing
    yield numberToCome;
  }
  void forgotten;
});

test("await, then, catch, finally", async () => {
  expectTypeOf(await numberToCome).toEqualTypeOf<number>();
  expectTypeOf(numberToCome.then((value) => `${value}`)).toEqualTypeOf<Future<string>>();
  expectTypeOf(numberToCome.then(null, () => true)).toEqualTypeOf<Future<number | boolean>>();
  expectTypeOf(numberToCome.catch(() => "x")).toEqualTypeOf<Future<number | string>>();
  expectTypeOf(numberToCome.finally(() => "ignored")).toEqualTypeOf<Future<number>>();
  expectTypeOf(numberToCome).toExtend<PromiseLike<number>>();
});

test("a future is covariant, and Future<never> is one of everything", () => {
  expectTypeOf<Future<Dog>>().toExtend<Future<Animal>>();
  expectTypeOf<Future<Animal>>().not.toExtend<Future<Dog>>();
  expectTypeOf(Future.reject("no")).toEqualTypeOf<Future<never>>();
  expectTypeOf<Future<never>>().toExtend<Future<Dog>>();
  expectTypeOf<Future<Dog>>().toExtend<Future<unknown>>();
});

test("making one", () => {
  const { future, resolve, reject } = Future.withResolvers<Dog>();
  expectTypeOf(future).toEqualTypeOf<Future<Dog>>();
  expectTypeOf(resolve).toEqualTypeOf<(value: Dog) => boolean>();
  expectTypeOf(reject).toEqualTypeOf<(error: unknown) => boolean>();
  // @ts-expect-error the value must fit
  resolve(new Animal());
  // @ts-expect-error only subclasses construct
  new Future();
  expectTypeOf(Future.resolve()).toEqualTypeOf<Future<void>>();
  expectTypeOf(Future.from(Promise.resolve(1))).toEqualTypeOf<Future<number>>();
  expectTypeOf(Future.from((signal) => fetch("/", { signal }))).toEqualTypeOf<Future<Response>>();
  const error: unknown = 1;
  if (isCancelled(error)) expectTypeOf(error).toEqualTypeOf<CancelledError>();
});

test("variance is sound: out of a future comes T, and what goes in must be T", () => {
  expectTypeOf<Future<string>>().not.toExtend<Future<number>>();
  expectTypeOf<Future<unknown>>().not.toExtend<Future<number>>();
  expectTypeOf<Future<number | string>>().not.toExtend<Future<number>>();
  expectTypeOf<Future<number>>().toExtend<Future<number | string>>();
  expectTypeOf<Future<Dog>>().toExtend<PromiseLike<Animal>>();
  expectTypeOf<Future<Dog>>().toExtend<Awaitable<Animal>>();
  expectTypeOf<Future<Animal>>().not.toExtend<Awaitable<Dog>>();
  expectTypeOf<Awaitable<string>>().not.toExtend<Awaitable<number>>();
  expectTypeOf<Outcome<Dog>>().toExtend<Outcome<Animal>>();
  expectTypeOf<Outcome<Animal>>().not.toExtend<Outcome<Dog>>();
  expectTypeOf<Completions<Dog>>().toExtend<Iterable<Future<Animal>>>();
  expectTypeOf<Resolvers<Animal>["resolve"]>().toExtend<Resolvers<Dog>["resolve"]>();
  // @ts-expect-error a text is no number
  const wrong: Future<number> = stringToCome;
  void wrong;
});

test("Future<never> fits everywhere and adds nothing", () => {
  const never = Future.reject("no");
  expectTypeOf(race([never, numberToCome])).toEqualTypeOf<Future<number>>();
  expectTypeOf(any([never, numberToCome])).toEqualTypeOf<Future<number>>();
  expectTypeOf(all([never, numberToCome])).toEqualTypeOf<Future<[never, number]>>();
  expectTypeOf(never.catch(() => 5)).toEqualTypeOf<Future<number>>();
  expectTypeOf(never.then(() => "x")).toEqualTypeOf<Future<string>>();
  expectTypeOf<Future<never>["outcome"]>().toEqualTypeOf<Outcome<never> | undefined>();
});

test("tuples are kept, whatever their members are; rests too", () => {
  const three = all([numberToCome, Promise.resolve(new Dog()), Future.resolve()]);
  expectTypeOf(three).toEqualTypeOf<Future<[number, Dog, void]>>();
  const rest = all([numberToCome] as [Future<number>, ...Future<string>[]]);
  expectTypeOf(rest).toEqualTypeOf<Future<[number, ...string[]]>>();
  expectTypeOf(settled([] as const)).toEqualTypeOf<Future<[]>>();
});

test("outcome narrows in a switch, and all cases are three", () => {
  const { outcome } = stringToCome;
  if (outcome === undefined) return;
  switch (outcome.status) {
    case "fulfilled":
      return expectTypeOf(outcome.value).toEqualTypeOf<string>();
    case "rejected":
    case "cancelled":
      return expectTypeOf(outcome.reason).toEqualTypeOf<unknown>();
    default:
      return expectTypeOf(outcome).toEqualTypeOf<never>();
  }
});

// Members of several types need not be a tuple.
declare const either: Future<number> | Future<string>;
declare const some: Iterable<Future<number> | Promise<string>>;
expectTypeOf(withTimeout(either, 5)).toEqualTypeOf<Future<number | string>>();
expectTypeOf(shield(either)).toEqualTypeOf<Future<number | string>>();
expectTypeOf(all(some)).toEqualTypeOf<Future<(number | string)[]>>();
expectTypeOf(race(some)).toEqualTypeOf<Future<number | string>>();
expectTypeOf(any(some)).toEqualTypeOf<Future<number | string>>();
expectTypeOf(settled(some)).toEqualTypeOf<Future<Outcome<number | string>[]>>();
for (const next of asCompleted(some)) expectTypeOf(next).toEqualTypeOf<Future<number | string>>();
