/** How long the cleanup of a source may take: as long as that of whoever is stopped. */
import { type Operation, run, type ScopeOptions, scope, sleep, use } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { END, from, fromCallback, mapAsync, merge, type Stream, stream, WAIT } from "../src/index.ts";
import { finish } from "./support.ts";

/** A cleanup that notes when it was cut off, or has ended. */
type Cleanup = () => Operation<void>;
const sources: Record<string, (cleanup: Cleanup) => Stream<unknown>> = {
  "a generator": (cleanup) =>
    from(function* () {
      try {
        yield* sleep(1e6);
        yield 1;
      } finally {
        yield* cleanup();
      }
    }),
  fromCallback: (cleanup) => fromCallback(() => cleanup),
  "a source of one's own": (cleanup) =>
    stream(() => {
      let closed = false;
      return {
        pump: () => (closed ? END : WAIT),
        close: () => {
          if (closed) return undefined;
          closed = true;
          return cleanup();
        },
      };
    }, false),
  "an input of merge": (cleanup) =>
    merge(
      [1],
      fromCallback(() => cleanup),
    ),
  "a task of mapAsync": (cleanup) =>
    from([1]).pipe(
      mapAsync(function* () {
        try {
          yield* sleep(1e6);
        } finally {
          yield* cleanup();
        }
      }, 1),
    ),
};
const uses: Record<string, (stream: Stream<unknown>) => Operation<unknown>> = {
  forEach: (stream) => stream.forEach(() => {}),
  reader: function* (stream) {
    const reader = yield* use(stream.reader());
    for (;;) yield* reader.next();
  },
};

describe.each(Object.entries(sources))("%s", (_, source) => {
  describe.each(Object.entries(uses))("read by %s", (_, read) => {
    test.each<[ScopeOptions, number, number]>([
      [{ cleanupMs: 50 }, 1_000_000, 60],
      [{ cleanupMs: 50 }, 20, 30],
      [{}, 1_000_000, 5010],
    ])("S5 in a scope of %j cancelled at 10 ms, a cleanup of %d ms ends at %d ms", (options, cleanupMs, endMs) => {
      const loop = new VirtualLoop();
      const log: unknown[] = [];
      const cleanup: Cleanup = function* () {
        try {
          yield* sleep(cleanupMs);
        } finally {
          log.push(loop.now());
        }
      };
      const task = run(
        () =>
          scope(function* (s) {
            loop.callLater(10, () => void s.cancel());
            yield* read(source(cleanup));
          }, options),
        { loop },
      );
      finish(loop, task);
      expect([log, loop.now()]).toEqual([[endMs], endMs]);
    });
  });
});
