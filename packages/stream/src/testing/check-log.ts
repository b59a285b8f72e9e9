import type { Operation, Wait } from "@skein/coroutine";
import { Lagged, type StreamLog } from "../log/stream-log.ts";
import type { End } from "../source.ts";
import { type Check, check, equal } from "./check.ts";

/** A log under test; its methods may wait or not. */
export interface LogCase {
  /** A fresh log that keeps at least `keep` items and, if it drops any, those before them. */
  make(keep: number): StreamLog<string>;
}

/**
 * What every `StreamLog` does, as a list of checks on virtual time.
 *
 * @param logCase How to make a log that is checked; used by each check, once or more.
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { log } from "@skein/stream";
 * import { checkLog } from "@skein/stream/testing";
 *
 * for (const { id, name, run } of checkLog({ make: (keep) => log<string>({ keep }) })) test(`${id} ${name}`, run);
 * ```
 */
export function checkLog({ make }: LogCase): Check[] {
  return [
    check("LOG-1", "append gives the cursor behind the item; reading goes on from any cursor", function* () {
      const log = make(10);
      equal([yield* append(log, "a"), yield* append(log, "b")], [1, 2], "cursors");
      yield* end(log);
      equal(yield* log.read(0).toArray(), ["a", "b"], "items from 0");
      equal(yield* log.read(1).toArray(), ["b"], "items from 1");
      equal(yield* log.read(2).toArray(), [], "items from 2");
      const entries = yield* log.entries(1).toArray();
      equal(
        entries.map((entry) => (entry instanceof Lagged ? -1 : entry.cursor)),
        [2],
        "cursors of entries",
      );
      equal([log.next, log.ended?.kind], [2, "done"], "its state");
    }),
    check(
      "LOG-2",
      "a reader that has read all waits for more, and every reader gets every item once",
      function* (root) {
        const log = make(10);
        const readers = [root.spawn(() => log.read().toArray()), root.spawn(() => log.read().toArray())];
        for (const item of ["a", "b", "c"]) yield* append(log, item);
        yield* end(log);
        for (const reader of readers) equal(yield* reader, ["a", "b", "c"], "items");
      },
    ),
    check("LOG-3", "it ends once, and what ended it first stands", function* () {
      const log = make(10);
      const stopped: End = { kind: "stopped", by: "user", reason: "Stop" };
      equal([yield* end(log, stopped), yield* end(log)], [true, false], "answers of end");
      equal(log.ended?.kind, "stopped", "how it ended");
    }),
    check("LOG-4", "a failure reaches every reader, after the items", function* () {
      const log = make(10);
      const error = new Error("failed");
      yield* append(log, "a");
      yield* end(log, { kind: "failed", error });
      for (let n = 0; n < 2; n++) {
        const seen: unknown[] = [];
        try {
          yield* log.read().forEach((item) => void seen.push(item));
        } catch (thrown) {
          seen.push(thrown);
        }
        equal(seen, ["a", error], "what a reader gets");
      }
    }),
    check("LOG-5", "what is kept no more is told as Lagged, in its place", function* () {
      const log = make(3);
      for (let n = 0; n < 40; n++) yield* append(log, `${n}`);
      yield* end(log);
      const [first, ...rest] = yield* log.read(1).toArray();
      if (log.first <= 1) return; // it keeps more, as it may
      equal(
        first instanceof Lagged && [first.from, first.to, first.missed].join(),
        [1, log.first, log.first - 1].join(),
        "Lagged",
      );
      equal(rest.length, 40 - log.first, "items after it");
    }),
    check("LOG-6", "a cursor that the log has not reached is refused", function* () {
      const log = make(3);
      yield* append(log, "a");
      let thrown: unknown;
      try {
        yield* log.read(2).first();
      } catch (error) {
        thrown = error;
      }
      equal((thrown as { code?: unknown } | undefined)?.code, "STREAM_CURSOR", "the error's code");
    }),
  ];
}

function* append(log: StreamLog<string>, item: string): Generator<Wait, number, unknown> {
  return yield* answer(log.append(item));
}

function* end(log: StreamLog<string>, how?: End): Generator<Wait, boolean, unknown> {
  return yield* answer(log.end(how));
}

function* answer<T extends number | boolean>(given: T | Operation<T>): Generator<Wait, T, unknown> {
  return typeof given === "object" ? yield* given : given;
}
