/** How several sources of one run end together: all are closed, whoever of them failed, and each hears what is true of it. */
import { currentScheduler, type Operation, run, sleep, type TaskGroup, use } from "@skein/coroutine";
import { describe, expect, test, vi } from "vitest";
import {
  combineLatest,
  concat,
  decodeText,
  END,
  type End,
  flatMap,
  from,
  MORE,
  map,
  mapAsync,
  merge,
  type Operator,
  race,
  retry,
  type Stream,
  share,
  stream,
  switchMap,
  take,
  WAIT,
  zip,
} from "../src/index.ts";
import { Probe } from "../src/testing/probe.ts";
import { hostTurns, outcomeOf, play } from "./support.ts";

const error = new Error("source");
const failed: End = { kind: "failed", error };
/** What a source hears that did not fail itself. */
const left: End = { kind: "stopped", by: "consumer", reason: error };

/** Gives 1 and then nothing, notes each close, and throws there if told to. */
const holding = (closes: End[], atClose?: unknown): Stream<number> =>
  stream((_host, sink) => {
    let given = false;
    return {
      pump() {
        if (given) return WAIT;
        given = true;
        sink.push(1);
        return MORE;
      },
      close(end) {
        closes.push(end);
        if (atClose !== undefined) throw atClose;
        return undefined;
      },
    };
  }, false);
const refusing: Stream<number> = stream(() => {
  throw error;
}, false);
/** Fails at once; the error of a second pump would be another. */
const failing = (closes: End[] = []): Stream<number> =>
  stream(() => {
    let failures = 0;
    return {
      pump() {
        if (failures++ > 0) return END;
        throw error;
      },
      close: (end) => void closes.push(end) as undefined,
    };
  }, false);
/** Waits for ever, and takes 2 ms to clean up. */
const silent = (ends: unknown[]): Stream<number> =>
  from(function* () {
    try {
      yield* sleep(1_000_000);
      yield 1;
    } finally {
      yield* sleep(2);
      ends.push("cleaned up");
    }
  }).onEnd((end) => void ends.push(end)) as Stream<number>;

const several: [name: string, combine: (...inputs: Stream<number>[]) => Stream<unknown>][] = [
  ["merge", merge],
  ["zip", zip],
  ["combineLatest", combineLatest],
  ["race", race],
];

describe.each(several)("%s", (_name, combine) => {
  test("S5 an input that cannot be opened fails the run before the first item, and the others are closed", () => {
    const closes: End[] = [];
    const got: unknown[] = [];
    const outcome = play(() =>
      outcomeOf(combine(holding(closes), refusing, holding(closes)).forEach((item) => void got.push(item))),
    );
    expect([outcome, got, closes]).toEqual([{ error }, [], [left]]);
  });

  test("S5 and waited for; a share among them is left", () => {
    const ends: unknown[] = [];
    const [outcome, loop] = play(function* (root, loop) {
      const shared = silent(ends).pipe(share(root));
      const slow = stream<number>(() => ({ pump: () => WAIT, close: () => sleep(4) }), false);
      return [yield* outcomeOf(combine(shared, slow, refusing).toArray()), loop];
    });
    expect([outcome, loop.now(), ends]).toEqual([{ error }, 4, []]); // the shared source had not even begun
  });

  test("S5 an error out of one input's close does not keep the others open, and comes out", () => {
    const closes: End[] = [];
    const broken = new Error("close");
    const inputs = [holding(closes, broken), holding(closes, broken), holding(closes)];
    const outcome = play(() =>
      outcomeOf(
        combine(...inputs)
          .pipe(take(1))
          .toArray(),
      ),
    );
    expect(outcome).toEqual({ error: broken });
    expect(closes.length).toBe(3);
  });

  test("S3 after a failure the answer is END, whatever the other inputs have", () => {
    const got = play(function* (root, loop) {
      const probe = new Probe(combine(failing(), from([1, 2, 3])), loop, root);
      yield* probe.drain();
      const after = [probe.pump(10), probe.pump(10)];
      yield* probe.close();
      return [probe.failure, after, probe.items];
    });
    expect(got).toEqual([{ error }, [END, END], []]);
  });

  test("S6 the input that failed hears so, and the others that their consumer left", () => {
    const ends: unknown[] = [];
    const closes: End[] = [];
    const outcome = play(() =>
      outcomeOf(
        combine(
          silent(ends),
          failing(closes).onEnd((end) => void ends.push(end)),
        ).toArray(),
      ),
    );
    expect(outcome).toEqual({ error });
    expect(ends).toEqual([failed, "cleaned up", left]);
    expect(closes).toEqual([failed]);
  });

  test("S6 what the consumer throws is to all of them that it left", () => {
    const ends: unknown[] = [];
    const inputs = [holding([]).onEnd((end) => void ends.push(end)), holding([]).onEnd((end) => void ends.push(end))];
    play(() =>
      outcomeOf(
        combine(...inputs).forEach(() => {
          throw error;
        }),
      ),
    );
    expect(ends.filter((end) => (end as End & { reason?: unknown }).reason === error).length).toBeGreaterThan(0);
    expect(ends.every((end) => (end as End).kind === "stopped")).toBe(true);
  });
});

test("S6 a race's winner that fails later hears so itself", () => {
  const closes: End[] = [];
  const twice = stream<number>((_host, sink) => {
    let pumps = 0;
    return {
      pump() {
        if (pumps++ > 0) throw error;
        sink.push(1);
        return MORE;
      },
      close: (end) => void closes.push(end) as undefined,
    };
  }, false);
  expect(play(() => outcomeOf(race(twice, silent([])).toArray()))).toEqual({ error });
  expect(closes).toEqual([failed]);
});

test("zip ends as soon as an input has, though the others have more, and reads nothing after its last row", () => {
  const made: number[] = [];
  const counting = from({
    *[Symbol.iterator]() {
      for (let n = 1; ; n++) {
        made.push(n);
        yield n;
      }
    },
  });
  expect(play(() => zip(["a", "b"], counting).toArray())).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect(made).toEqual([1, 2]);
});

describe("operators with a source and what they make of its items", () => {
  type Flatten = (fn: (n: number) => Stream<number>) => Operator<number, number>;
  const flattening: [name: string, flatten: Flatten][] = [
    ["flatMap", flatMap],
    ["switchMap", switchMap],
  ];
  /** One item, and then silence. */
  const one = (ends: unknown[]): Stream<number> => merge([1], silent(ends));

  test.each(flattening)("S6 %s: what it opened fails, the source hears that its consumer left", (_name, flatten) => {
    const ends: unknown[] = [];
    const inner: End[] = [];
    expect(
      play(() =>
        outcomeOf(
          one(ends)
            .pipe(flatten(() => failing(inner)))
            .toArray(),
        ),
      ),
    ).toEqual({ error });
    expect([ends.at(-1), inner]).toEqual([left, [failed]]);
  });

  test.each(flattening)("S6 %s: its function fails", (_name, flatten) => {
    const closes: End[] = [];
    const throwing = (): Stream<number> => {
      throw error;
    };
    expect(play(() => outcomeOf(holding(closes).pipe(take(1), flatten(throwing)).toArray()))).toEqual({ error });
    expect(closes).toEqual([expect.objectContaining({ kind: "stopped", by: "consumer" })]);
  });

  test("S6 switchMap: the source fails, what it opened hears that its consumer left", () => {
    const ends: unknown[] = [];
    const outer: End[] = [];
    const source = merge([1], from([0]).pipe(flatMap(() => sleeping(5))), failingAfter(9, outer));
    expect(play(() => outcomeOf(source.pipe(switchMap((n) => (n === 1 ? silent(ends) : []))).toArray()))).toEqual({
      error,
    });
    expect([ends, outer]).toEqual([["cleaned up", left], [failed]]);
  });
  const sleeping = (ms: number): Stream<number> =>
    from(function* () {
      yield* sleep(ms);
    }) as Stream<number>;
  const failingAfter = (ms: number, closes: End[]): Stream<number> => concat(sleeping(ms), failing(closes));

  test.each(flattening)("S3 %s: after a failure of either the answer is END", (_name, flatten) => {
    const answers = (make: (root: TaskGroup) => Stream<number>): unknown =>
      play(function* (root, loop) {
        const probe = new Probe(make(root), loop, root);
        yield* probe.drain();
        const after = [probe.pump(10), probe.pump(10)];
        yield* probe.close();
        return [probe.failure, after];
      });
    const ended = [{ error }, [END, END]];
    expect(answers(() => from([1, 2]).pipe(flatten((n) => (n === 2 ? failing() : from([n])))))).toEqual(ended);
    expect(answers(() => failing().pipe(flatten((n) => from([n]))))).toEqual(ended);
    const throwing = flatten((n) => {
      if (n === 3) throw error;
      return from([n]);
    });
    expect(answers(() => from([1, 2, 3]).pipe(throwing))).toEqual(ended);
  });

  test.each(flattening)("S5 %s: an error out of the close of one does not keep the other open", (_name, flatten) => {
    const closes: End[] = [];
    const broken = new Error("close");
    const piped = holding(closes, broken).pipe(
      flatten(() => holding(closes, broken)),
      take(1),
    );
    expect(play(() => outcomeOf(piped.toArray()))).toEqual({ error: broken });
    expect(closes.length).toBe(2);
  });

  test("S6 mapAsync: its function fails, the source hears that its consumer left; a source that fails hears that", () => {
    const ends: unknown[] = [];
    const fails = mapAsync(function* (): Operation<number> {
      yield* sleep(1);
      throw error;
    });
    expect(play(() => outcomeOf(one(ends).pipe(fails).toArray()))).toEqual({ error });
    expect(ends.at(-1)).toEqual(left);
    const closes: End[] = [];
    const nothing = mapAsync(function* (n: number): Operation<number> {
      return n;
    });
    expect(play(() => outcomeOf(failing(closes).pipe(nothing).toArray()))).toEqual({ error });
    expect(closes).toEqual([failed]);
  });

  test("S6 an operator that ends the run by an error of its own: the source hears that its consumer left", () => {
    const closes: End[] = [];
    const broken = holding(closes).pipe(
      map(() => new Uint8Array([255])),
      decodeText({ fatal: true }),
    );
    const outcome = play(() => outcomeOf(broken.toArray())) as { error: unknown };
    expect(outcome.error).toBeInstanceOf(TypeError);
    expect(closes).toEqual([{ kind: "stopped", by: "consumer", reason: outcome.error }]);
  });
});

test("S5 retry, take, mapAsync and onEnd: an error out of a close comes out after the rest of the cleanup", () => {
  const broken = new Error("close");
  for (const operator of [
    retry<number>(),
    map((n: number) => n),
    mapAsync(function* (n: number): Operation<number> {
      return n;
    }),
  ]) {
    const ends: End[] = [];
    const source = holding([], broken).onEnd((end) => void ends.push(end));
    expect(play(() => outcomeOf(source.pipe(operator, take(1)).toArray()))).toEqual({ error: broken });
    expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
  }
});

test("C3 S7 onEnd: what a function throws that is told the end hides no other error", () => {
  const told = new Error("told");
  const fail = (): never => {
    throw told;
  };
  const broken = new Error("close");
  const closing = holding([], broken).onEnd(fail).pipe(take(1)).toArray();
  expect(play(() => outcomeOf(closing))).toEqual({ error: broken });
  expect((broken as { suppressed?: unknown }).suppressed).toEqual([told]);
  const refused = new Error("open");
  const opening = stream<number>(() => {
    throw refused;
  }, false);
  expect(play(() => outcomeOf(opening.onEnd(fail).toArray()))).toEqual({ error: refused });
  expect((refused as { suppressed?: unknown }).suppressed).toEqual([told]);
});

test("C3 S7 of a cleanup and a task of the run that both fail, as it is left, neither error is lost", async () => {
  const cleanup = new Error("cleanup");
  const child = new Error("child");
  const source = stream<number>((host) => {
    const task = host.owner?.spawn(function* () {
      try {
        yield* sleep(1_000_000);
      } finally {
        throw child;
      }
    });
    return {
      pump: () => WAIT,
      *close(): Generator<never, void> {
        task?.cancel();
        throw cleanup;
      },
    };
  }, true);
  const iterator = source[Symbol.asyncIterator]();
  vi.spyOn(currentScheduler(), "reportError").mockImplementation(() => {});
  void iterator.next();
  await hostTurns();
  await expect(iterator.return()).rejects.toBe(cleanup);
  expect(cleanup).toMatchObject({ suppressed: [{ errors: [child] }] });
  vi.restoreAllMocks();
});

test("S5 a cleanup may start a task of the run, also where that is no task of a block", async () => {
  const seen: string[] = [];
  const source = stream<number>(
    ({ owner }, sink) => ({
      pump: () => (sink.push(1) ? MORE : MORE),
      *close() {
        yield* sleep(1);
        yield* owner?.spawn(function* () {
          seen.push("cleaned up");
        }) ?? sleep(0);
      },
    }),
    true,
  );
  for await (const _ of source) break;
  await run(function* () {
    const reader = yield* use(source.reader());
    yield* reader.next();
  });
  expect(seen).toEqual(["cleaned up", "cleaned up"]);
});

test("S6 share: the source hears that its consumers have left, once the last has", () => {
  const ends: unknown[] = [];
  play(function* (root) {
    yield* merge([1], silent(ends)).pipe(share(root)).first();
    yield* sleep(5);
  });
  expect(ends).toEqual(["cleaned up", { kind: "stopped", by: "consumer", reason: "the last reader has left" }]);
});
