import { run, sleep, type Task } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { CursorError, type End, Lagged, log, type MemoryLog, UsedError, WAIT } from "../src/index.ts";
import { finish, outcomeOf, play, thrownBy } from "./support.ts";

const filled = (count: number, keep: number | "unbounded" = "unbounded"): MemoryLog<number> => {
  const made = log<number>({ keep });
  for (let n = 0; n < count; n++) made.append(n);
  return made;
};

describe("log", () => {
  test("append gives the cursor behind the item, from which reading goes on", () => {
    const answer = log<string>({ keep: "unbounded" });
    const cursors = ["a", "b", "c"].map((text) => answer.append(text));
    answer.end();
    expect(cursors).toEqual([1, 2, 3]);
    expect(play(() => answer.read(cursors[0]).toArray())).toEqual(["b", "c"]);
    expect(play(() => answer.entries(1).toArray())).toEqual([
      { cursor: 2, item: "b" },
      { cursor: 3, item: "c" },
    ]);
    expect([answer.first, answer.next, answer.ended]).toEqual([0, 3, { kind: "done" }]);
  });

  test("an append serves every reader, also beside one whose loop is closed", () => {
    const answer = log<string>({ keep: "unbounded" });
    const woken: string[] = [];
    const reader = (name: string, mayWake: () => void) => {
      const wake = (): void => {
        woken.push(name);
        mayWake();
      };
      const host = { waiting: true, owner: null, scheduler: new VirtualLoop(), wake };
      return answer
        .read()
        .open(host, { push: () => true })
        .pump(1);
    };
    const refuse = (): never => {
      throw Object.assign(new Error("Cannot callSoon: the loop is closed"), { code: "LOOP_CLOSED" });
    };
    expect([reader("closed", refuse), reader("open", () => {})]).toEqual([WAIT, WAIT]);
    expect(answer.append("a")).toBe(1);
    expect(woken).toEqual(["closed", "open"]);
  });

  test("a reader that leaves is forgotten, wherever it stood among those who wait", () => {
    const answer = log<string>({ keep: "unbounded" });
    const got = play(function* (root) {
      const readers = [0, 1, 2].map(() => root.spawn(() => answer.read().toArray()));
      yield* sleep(1);
      readers[1]?.cancel();
      yield* sleep(1);
      answer.append("a");
      answer.end();
      return [yield* readers[0] as Task<unknown>, yield* readers[2] as Task<unknown>, answer.firstWaiter];
    });
    expect(got).toEqual([["a"], ["a"], null]);
  });

  test("many readers, each from its cursor, get every item once and in order, late ones too", () => {
    const answer = log<number>({ keep: "unbounded" });
    const got = play(function* (root) {
      const readers = [root.spawn(() => answer.read().toArray())];
      for (let n = 0; n < 20; n++) {
        answer.append(n);
        if (n % 5 === 0) readers.push(root.spawn(() => answer.read(n).toArray()));
        if (n % 3 === 0) yield* sleep(1);
      }
      answer.end();
      const all: unknown[] = [];
      for (const reader of readers) all.push(yield* reader);
      return all;
    });
    const rest = (from: number) => Array.from({ length: 20 - from }, (_, n) => n + from);
    expect(got).toEqual([rest(0), rest(0), rest(5), rest(10), rest(15)]);
  });

  test("ends once: what ended it first stands, and nothing can be appended", () => {
    const answer = filled(1);
    const stopped: End = { kind: "stopped", by: "user", reason: "Stop" };
    expect([answer.end(stopped), answer.end()]).toEqual([true, false]);
    expect(answer.ended).toBe(stopped);
    expect(thrownBy(() => answer.append(2))).toBeInstanceOf(UsedError);
    expect(play(() => answer.read().toArray())).toEqual([0]);
  });

  test("a failure reaches every present and later reader as the same object, after the items", () => {
    const error = new Error("model");
    const answer = filled(1);
    const seen: unknown[] = [];
    const outcomes = play(function* (root) {
      const present = root.spawn(() => outcomeOf(answer.read().forEach((n) => void seen.push(n))));
      yield* sleep(1);
      answer.append(1);
      answer.end({ kind: "failed", error });
      return [yield* present, yield* outcomeOf(answer.read().forEach((n) => void seen.push(n)))];
    });
    expect(outcomes).toEqual([{ error }, { error }]);
    expect(seen).toEqual([0, 1, 0, 1]);
  });

  test.each([-1, 0.5, Number.NaN, 4])(
    "reading from cursor %d of a log at 3 is a CursorError, when it is opened",
    (cursor) => {
      const stream = filled(3).read(cursor);
      const error = thrownBy(() => play(() => stream.toArray()));
      expect(error).toBeInstanceOf(CursorError);
      expect(error).toMatchObject({ cursor, next: 3, code: "STREAM_CURSOR" });
    },
  );

  test.each([0, -1, 1.5, Number.NaN])("keeping %d is a RangeError", (keep) => {
    expect(() => log({ keep })).toThrow(RangeError);
  });

  test("a reader that falls behind while it reads is told what it missed", () => {
    const answer = filled(2, 2);
    const got = play(function* (root) {
      const seen: unknown[] = [];
      const reader = root.spawn(() =>
        answer.read().forEach(function* (item) {
          seen.push(item);
          yield* sleep(10);
        }),
      );
      yield* sleep(1);
      for (let n = 2; n < 10; n++) answer.append(n);
      answer.end();
      yield* reader;
      return seen;
    });
    expect(got).toEqual([0, new Lagged(1, 8), 8, 9]);
  });

  test("a reader that leaves is forgotten at once", () => {
    const loop = new VirtualLoop();
    const answer = log<number>({ keep: 1 });
    const reader = run(() => answer.read().drain(), { loop });
    loop.runUntilIdle();
    expect(answer.firstWaiter).not.toBeNull();
    reader.cancel();
    thrownBy(() => finish(loop, reader));
    expect(answer.firstWaiter).toBeNull();
  });
});
