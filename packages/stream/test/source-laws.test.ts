import { type CancelledError, isCancelled, run, sleep, type Wait } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  channel,
  concat,
  drop,
  END,
  type End,
  filter,
  from,
  type Host,
  log,
  MORE,
  map,
  type Sink,
  type Source,
  stream,
  take,
  WAIT,
} from "../src/index.ts";
import { finish, play, thrownBy } from "./support.ts";

/** A host that only counts, and a sink that keeps. */
class Probe<T> implements Host, Sink<T> {
  readonly owner = null;
  readonly scheduler: VirtualLoop = new VirtualLoop();
  waiting = false;
  wakes = 0;
  readonly items: T[] = [];
  enoughAt = Number.POSITIVE_INFINITY;
  wake(): void {
    this.wakes++;
    this.waiting = false;
  }
  push(item: T): boolean {
    this.items.push(item);
    return this.items.length < this.enoughAt;
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

function* counting(seen: string[]): Generator<number, void> {
  try {
    for (let n = 0; ; n++) {
      seen.push(`made ${n}`);
      yield n;
    }
  } finally {
    seen.push("finally");
  }
}

describe("the rules of source.ts", () => {
  test("S1 nothing is produced before the first pump, past the budget, or after push has said enough", () => {
    const seen: string[] = [];
    const probe = new Probe<number>();
    const source = from({ [Symbol.iterator]: () => counting(seen) }).open(probe, probe);
    expect(seen).toEqual([]);
    expect(source.pump(2)).toBe(MORE);
    expect(seen).toEqual(["made 0", "made 1"]);
    probe.enoughAt = 3;
    expect(source.pump(10)).toBe(MORE);
    expect(probe.items).toEqual([0, 1, 2]);
    expect(seen.length).toBe(3);
  });

  test("S1 an inner run that ends with an item which was enough does not let the next one push", () => {
    const probe = new Probe<number>();
    probe.enoughAt = 2;
    const source = concat(from([1, 2, 3]).pipe(take(2)), from([4, 5])).open(probe, probe);
    expect([source.pump(10), probe.items]).toEqual([MORE, [1, 2]]);
    probe.enoughAt = 9;
    expect([source.pump(10), probe.items]).toEqual([END, [1, 2, 4, 5]]);
  });

  test("S2 items keep order, and a failure comes after every item before it", () => {
    const error = new Error("source");
    const log: unknown[] = [];
    const failing = from(function* () {
      yield 1;
      yield* sleep(1);
      yield 2;
      throw error;
    });
    const thrown = play(function* () {
      try {
        yield* failing.forEach((item) => void log.push(item));
      } catch (error) {
        return error;
      }
      return undefined;
    });
    expect(log).toEqual([1, 2]);
    expect(thrown).toBe(error);
  });

  test("S3 after the end the answer is END for ever, also after a throw", () => {
    const error = new Error("source");
    const probe = new Probe<number>();
    const source = from({
      *[Symbol.iterator]() {
        yield 1;
        throw error;
      },
    }).open(probe, probe);
    expect(thrownBy(() => source.pump(10))).toBe(error);
    expect([source.pump(10), source.pump(10)]).toEqual([END, END]);
    let calls = 0;
    const next = (): IteratorResult<number> => {
      calls++;
      throw error;
    };
    const always = from({ [Symbol.iterator]: () => ({ next }) }).open(probe, probe);
    expect(thrownBy(() => always.pump(10))).toBe(error);
    expect([always.pump(10), calls]).toEqual([END, 1]);
    const ended = from([1]).open(probe, probe);
    expect([ended.pump(10), ended.pump(10), ended.pump(10)]).toEqual([END, END, END]);
  });

  test("S4 close before the first pump starts nothing, is idempotent, and nothing is pushed after it", () => {
    const seen: string[] = [];
    const probe = new Probe<number>();
    const unstarted = from({ [Symbol.iterator]: () => counting(seen) }).open(probe, probe);
    expect(unstarted.close({ kind: "done" })).toBeUndefined();
    expect([unstarted.pump(5), seen]).toEqual([END, []]);

    const source: Source = from({ [Symbol.iterator]: () => counting(seen) })
      .pipe(
        map((n) => {
          if (n === 1) source.close({ kind: "stopped", by: "consumer" });
          return n;
        }),
      )
      .open(probe, probe);
    source.pump(10);
    expect(source.close({ kind: "done" })).toBeUndefined();
    expect(source.pump(10)).toBe(END);
    expect(seen).toEqual(["made 0", "made 1", "finally"]);
  });

  test("S4 close during WAIT ends the wait at once", () => {
    const seen: unknown[] = [];
    const loop = new VirtualLoop();
    const task = run(
      () =>
        from(function* () {
          try {
            yield* sleep(1_000_000);
            yield 1;
          } finally {
            seen.push(`finally at ${loop.now()}`);
          }
        }).toArray(),
      { loop },
    );
    loop.advance(5);
    task.cancel("enough");
    expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
    expect(seen).toEqual(["finally at 5"]);
  });

  test("S5 the host closes once on every path, also after END and after a throw, and waits for it", () => {
    const seen: string[] = [];
    const watched = (end: "end" | "throw" | "more") =>
      stream<number>(
        (_host, sink) => ({
          pump() {
            sink.push(1);
            if (end === "throw") throw new Error("source");
            return end === "end" ? END : MORE;
          },
          close: () => {
            seen.push(`close of ${end}`);
            return sleep(3);
          },
        }),
        false,
      );
    play(function* (_root, loop) {
      yield* watched("end").drain();
      seen.push(`ended at ${loop.now()}`);
      try {
        yield* watched("throw").drain();
      } catch {
        seen.push(`failed at ${loop.now()}`);
      }
      yield* watched("more").first();
      seen.push(`first at ${loop.now()}`);
      try {
        yield* watched("more").forEach(() => {
          throw new Error("consumer");
        });
      } catch {
        seen.push(`left at ${loop.now()}`);
      }
    });
    expect(seen).toEqual([
      "close of end",
      "ended at 3",
      "close of throw",
      "failed at 6",
      "close of more",
      "first at 9",
      "close of more",
      "left at 12",
    ]);
  });

  test("S6 every run ends exactly once, with its cause and the identical reason", () => {
    const ends: End[] = [];
    const reason = { why: "user" };
    const error = new Error("source");
    const note = (end: End) => void ends.push(end);
    const loop = new VirtualLoop();
    const controller = new AbortController();
    const forever = from(function* (): Generator<Wait, void, unknown> {
      yield* sleep(1_000_000);
    });
    const waiting = run(() => forever.onEnd(note).drain(), { loop });
    const aborted = run(() => forever.onEnd(note).drain({ signal: controller.signal }), { loop });
    const caught = aborted.catch((error: unknown) => (error as CancelledError).reason);
    loop.runUntilIdle();
    waiting.cancel(reason);
    controller.abort(reason);
    expect(thrownBy(() => finish(loop, waiting))).toHaveProperty("reason", reason);
    expect(finish(loop, caught as unknown as typeof waiting)).toBe(reason);
    play(function* () {
      yield* from([1]).onEnd(note).drain();
      yield* from([1, 2]).onEnd(note).first();
      const failing = from(function* (): Generator<number, void> {
        yield 1;
        throw error;
      });
      try {
        yield* failing.onEnd(note).drain();
      } catch {}
    });
    expect(ends).toEqual([
      { kind: "stopped", by: "user", reason },
      { kind: "stopped", by: "user", reason },
      { kind: "done" },
      { kind: "stopped", by: "consumer" },
      { kind: "failed", error },
    ]);
    expect((ends[0] as { reason: unknown }).reason).toBe(reason);
    expect((ends[1] as { reason: unknown }).reason).toBe(reason);
  });

  test("S7 a consumer's error closes the source, stopped by the consumer, and comes out as it is", () => {
    const ends: End[] = [];
    const error = new Error("consumer");
    const thrown = play(function* () {
      try {
        yield* from([1, 2])
          .onEnd((end) => void ends.push(end))
          .forEach(() => {
            throw error;
          });
      } catch (error) {
        return error;
      }
      return undefined;
    });
    expect(thrown).toBe(error);
    expect(ends).toEqual([{ kind: "stopped", by: "consumer", reason: error }]);
  });

  test("S7 the source itself is told who failed: a consumer's error stops it, its own fails it", () => {
    const ends: End[] = [];
    const error = new Error("somebody");
    const told = (failing: boolean) =>
      stream<number>(
        (_host, sink) => ({
          pump() {
            if (failing) throw error;
            sink.push(1);
            return MORE;
          },
          close: (end) => void ends.push(end),
        }),
        false,
      );
    const fail = () => {
      throw error;
    };
    expect(thrownBy(() => play(() => told(false).forEach(fail)))).toBe(error);
    expect(thrownBy(() => play(() => told(false).reduce(fail, 0)))).toBe(error);
    expect(thrownBy(() => play(() => told(true).drain()))).toBe(error);
    expect(ends).toEqual([
      { kind: "stopped", by: "consumer", reason: error },
      { kind: "stopped", by: "consumer", reason: error },
      { kind: "failed", error },
    ]);
  });

  test("S8 a skipped item costs as much as one that is given", () => {
    let looked = 0;
    const probe = new Probe<number>();
    const source = from(numbers(1000))
      .pipe(
        filter(() => {
          looked++;
          return false;
        }),
        drop(10),
      )
      .open(probe, probe);
    expect(source.pump(16)).toBe(MORE);
    expect(looked).toBe(16);
  });

  test("S8 a burst without end lets other tasks have their turn", () => {
    const seen: string[] = [];
    play(function* (root) {
      const busy = root.spawn(() => from({ [Symbol.iterator]: () => counting([]) }).drain());
      root.spawn(function* () {
        seen.push("other");
        busy.cancel();
      });
      yield* busy.join();
    });
    expect(seen).toEqual(["other"]);
  });

  test("S9 after WAIT the host is woken; a wake that comes early is not lost, and one after close is ignored", () => {
    const { sender, receiver } = channel<number>(2);
    const probe = new Probe<number>();
    const source = receiver.open(probe, probe);
    expect(source.pump(5)).toBe(WAIT);
    sender.trySend(1);
    expect(probe.wakes).toBe(1);
    expect(source.pump(5)).toBe(WAIT);
    source.close({ kind: "done" });

    let wake = () => {};
    let pumps = 0;
    const early = stream<number>((host, sink) => {
      wake = () => host.wake();
      return {
        pump() {
          if (++pumps === 1) {
            host.wake(); // before it has even said that it waits
            return WAIT;
          }
          sink.push(1);
          return END;
        },
        close: () => undefined,
      };
    }, false);
    expect(play(() => early.toArray())).toEqual([1]);
    wake();
    expect(pumps).toBe(2);
  });

  test("S10 waiting is true only while the run is parked and has not been woken or asked to cancel", () => {
    let host: Host | undefined;
    const seen: unknown[] = [];
    const parked = stream<number>((given) => {
      host = given;
      seen.push(given.waiting);
      return {
        pump: () => {
          seen.push(given.waiting);
          return WAIT;
        },
        close: () => undefined,
      };
    }, false);
    const loop = new VirtualLoop();
    const task = run(() => parked.drain(), { loop });
    loop.runUntilIdle();
    seen.push(host?.waiting);
    host?.wake();
    seen.push(host?.waiting);
    loop.runUntilIdle();
    task.cancel();
    seen.push(host?.waiting);
    expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
    expect(seen).toEqual([false, false, true, false, false, false]);
  });

  test("S11 a run has an owner exactly if the stream said that it needs one", () => {
    const owners: (string | null)[] = [];
    const asking = (tasks: boolean) =>
      stream<number>((host) => {
        owners.push(host.owner === null ? null : host.owner.constructor.name);
        return { pump: () => END, close: () => undefined };
      }, tasks);
    play(function* () {
      yield* asking(false).drain();
      yield* asking(true).drain();
      yield* asking(true).pipe(take(1), map(String)).drain();
    });
    expect(owners).toEqual([null, "TaskGroup", "TaskGroup"]);
    owners.length = 0;
    const loop = new VirtualLoop();
    void asking(false).drain({ loop }).then();
    void asking(true).drain({ loop }).then();
    loop.runUntilIdle();
    expect(owners).toEqual([null, "TaskGroup"]);
  });

  test("S12 all time is the loop's of the run", () => {
    const loop = new VirtualLoop();
    let seen: unknown;
    const asking = stream<number>((host) => {
      seen = host.scheduler;
      return { pump: () => END, close: () => undefined };
    }, false);
    const done = asking.drain({ loop }).then(() => "done");
    loop.runUntilIdle();
    expect(seen).toBe(loop);
    void done;
  });
});

test("a log's readers follow the same rules", () => {
  const answer = log<number>({ keep: 2 });
  const probe = new Probe<unknown>();
  const source = answer.read().open(probe, probe);
  expect(source.pump(5)).toBe(WAIT);
  answer.append(1);
  expect([probe.wakes, source.pump(5), probe.items]).toEqual([1, WAIT, [1]]);
  answer.end();
  expect([probe.wakes, source.pump(5), source.pump(5)]).toEqual([2, END, END]);
});
