/** The same stop, asked of the platform's things, of other people's through us, and of ours: who answers, and when. */
import { Future, type Operation, scope, sleep, type TaskGroup, until, use, type Wait } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { cancellable, from } from "../src/index.ts";
import { toReadableStream } from "../src/web/index.ts";
import { hostTurns, outcomeOf, play } from "./support.ts";

const never = new Promise<void>(() => {});

/** Whether `promise` has settled once the host has had its turns. */
async function settles(promise: PromiseLike<unknown>): Promise<boolean> {
  let settled = false;
  const seen = (): void => {
    settled = true;
  };
  promise.then(seen, seen);
  await hostTurns(10);
  return settled;
}

async function* native(cleaned: { up: boolean }) {
  try {
    await never;
    yield 1;
  } finally {
    cleaned.up = true;
  }
}
const ours = (cleaned: { up: boolean }) =>
  from(function* () {
    try {
      yield* until(never);
      yield 1;
    } finally {
      yield* until(hostTurns(1));
      cleaned.up = true;
    }
  });
/** A ReadableStream of an async iterable, as `ReadableStream.from` of newer platforms makes it. */
const readableOf = (iterator: AsyncIterator<number>) =>
  new ReadableStream<number>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => iterator.return?.() as Promise<unknown> as Promise<void>,
  });

describe("S4 stopping while a pull is pending", () => {
  test("a native async generator: return() hangs, and its finally never runs", async () => {
    const cleaned = { up: false };
    const iterator = native(cleaned)[Symbol.asyncIterator]();
    const pending = iterator.next();
    expect([await settles(iterator.return(undefined)), await settles(pending), cleaned.up]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("a ReadableStream of one: cancel() hangs, and its finally never runs", async () => {
    const cleaned = { up: false };
    const reader = readableOf(native(cleaned)).getReader();
    const pending = reader.read();
    await hostTurns();
    expect([await settles(reader.cancel()), await settles(pending), cleaned.up]).toEqual([false, true, false]);
  });

  test("the iterator of a ReadableStream: return() hangs behind the pending next()", async () => {
    let cancelled = false;
    const silent = new ReadableStream<number>({
      cancel() {
        cancelled = true;
      },
    });
    const iterator = (silent as unknown as AsyncIterable<number>)[Symbol.asyncIterator]();
    void iterator.next();
    await hostTurns();
    expect([await settles(iterator.return?.() as Promise<unknown>), cancelled]).toEqual([false, false]);
  });

  test("ours: return() answers, next() is done, and the finally has run whole, also in a ReadableStream", async () => {
    const cleaned = { up: false };
    const iterator = ours(cleaned)[Symbol.asyncIterator]();
    const pending = iterator.next();
    await hostTurns();
    const left = iterator.return();
    expect(await pending).toEqual({ done: true, value: undefined });
    await left;
    expect(cleaned.up).toBe(true);
    const again = { up: false };
    const reader = toReadableStream(ours(again)).getReader();
    const reading = reader.read();
    await hostTurns();
    await reader.cancel();
    expect([(await reading).done, again.up]).toEqual([true, true]);
  });

  test("theirs through from(): a ReadableStream is cancelled at once; of an async generator, we leave at once", async () => {
    let cancelled: unknown;
    const silent = new ReadableStream<number>({
      cancel(reason) {
        cancelled = reason;
      },
    });
    const reading = from(silent)[Symbol.asyncIterator]();
    const pending = reading.next();
    await hostTurns();
    expect([await settles(reading.throw("enough")), await settles(pending), cancelled]).toEqual([true, true, "enough"]);
    const cleaned = { up: false };
    const leaving = from(native(cleaned))[Symbol.asyncIterator]();
    void leaving.next();
    await hostTurns();
    expect([await settles(leaving.return()), cleaned.up]).toEqual([true, false]); // nobody can make its finally run
  });

  test("cancellable() aborts what can be aborted, and then its finally runs, too", async () => {
    let cleaned = false;
    async function* listening(signal: AbortSignal) {
      try {
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        yield 1;
      } finally {
        cleaned = true;
      }
    }
    const iterator = cancellable(listening)[Symbol.asyncIterator]();
    void iterator.next();
    await hostTurns();
    expect([await settles(iterator.return()), cleaned]).toEqual([true, true]);
  });
});

describe("S6 a cancellation of somebody else's is a failure like any other", () => {
  const gone: Record<string, (root: TaskGroup) => Operation<void>> = {
    task: (root) => {
      const task = root.spawn(() => sleep(1e6), { onError: "owner" });
      task.cancel("foreign");
      return task;
    },
    future: () => {
      const { future } = Future.withResolvers<void>();
      future.cancel("foreign");
      return future;
    },
  };
  test.each(Object.entries(gone))(
    "a %s that is waited for by the consumer, by the source, in a reader's block",
    (_, make) => {
      const ends: unknown[] = [];
      const outcomes = play(function* (root) {
        const foreign = make(root);
        const source = () => from([1, 2]).onEnd((end) => ends.push(end));
        const waiting = () =>
          from(function* (): Generator<number | Wait, void> {
            yield 1;
            yield* foreign;
          }).onEnd((end) => ends.push(end));
        const inBlock = () =>
          scope(function* () {
            const reader = yield* use(source().reader());
            yield* reader.next();
            yield* foreign;
          });
        return [
          yield* outcomeOf(
            source().forEach(function* () {
              yield* foreign;
            }),
          ),
          yield* outcomeOf(waiting().drain()),
          yield* outcomeOf(inBlock()),
        ];
      });
      const error = expect.objectContaining({ reason: "foreign" });
      expect(outcomes).toEqual([{ error }, { error }, { error }]);
      const left = { kind: "stopped", by: "consumer", reason: error };
      expect(ends).toEqual([left, { kind: "failed", error }, left]);
    },
  );
});
