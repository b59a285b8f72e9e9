import { sleep, until } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { type End, from, map, mapAsync, type Stream } from "../src/index.ts";
import { toReadableStream } from "../src/web/index.ts";
import { hostTurns } from "./support.ts";

async function all<T>(readable: ReadableStream<T>): Promise<T[]> {
  const items: T[] = [];
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) items.push(next.value);
  return items;
}

describe("toReadableStream", () => {
  test("gives the items, from synchronous and waiting sources, and ends", async () => {
    expect(await all(toReadableStream(from([1, 2, 3])))).toEqual([1, 2, 3]);
    const waiting = from(function* () {
      for (const n of [1, 2, 3]) {
        yield* until(Promise.resolve());
        yield n;
      }
    });
    expect(await all(toReadableStream(waiting))).toEqual([1, 2, 3]);
    expect(await all(toReadableStream(from([])))).toEqual([]);
  });

  test("S1 makes no more than the ReadableStream has room for", async () => {
    let made = 0;
    const endless = from({
      *[Symbol.iterator]() {
        for (;;) yield ++made;
      },
    });
    const readable = toReadableStream(endless, { strategy: { highWaterMark: 3 } });
    await hostTurns();
    expect(made).toBe(3);
    const reader = readable.getReader();
    await reader.read();
    await hostTurns();
    expect(made).toBe(4);
    await reader.cancel();
  });

  test("S1 without room (highWaterMark 0) an item is made when it is read, also one that waits", async () => {
    let made = 0;
    const waiting = from(function* () {
      for (;;) {
        yield* until(Promise.resolve());
        yield ++made;
      }
    });
    const reader = toReadableStream(waiting, { strategy: { highWaterMark: 0 } }).getReader();
    await hostTurns();
    expect(made).toBe(0);
    expect(await reader.read()).toEqual({ done: false, value: 1 });
    expect(await Promise.all([reader.read(), reader.read()])).toMatchObject([{ value: 2 }, { value: 3 }]);
    await hostTurns();
    expect(made).toBe(3);
    await reader.cancel();
  });

  test("S7 a failure is that of the ReadableStream, the same object", async () => {
    const error = new Error("source");
    const failing = from(function* (): Generator<number, void> {
      yield 1;
      throw error;
    });
    await expect(all(toReadableStream(failing))).rejects.toBe(error);
  });

  test("S4 cancel works while the source waits: it is stopped by its peer, with the identical reason, and cleans up", async () => {
    const reason = { why: "left" };
    const seen: unknown[] = [];
    const waiting = from(function* () {
      try {
        yield* sleep(1_000_000);
        yield 1;
      } finally {
        yield* until(hostTurns(1));
        seen.push("finally");
      }
    }).onEnd((end: End) => void seen.push(end));
    const reader = toReadableStream(waiting).getReader();
    const pending = reader.read();
    await hostTurns();
    await reader.cancel(reason);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(seen).toEqual(["finally", { kind: "stopped", by: "peer", reason }]);
    expect((seen[1] as { reason: unknown }).reason).toBe(reason);
  });

  test("S4 cancelled before anything was read, nothing is made, and what was to be read is told all the same", async () => {
    const reason = { why: "never read" };
    const seen: unknown[] = [];
    const upstream = () => new ReadableStream<number>({ cancel: (given) => void seen.push(given) });
    const unread = { strategy: { highWaterMark: 0 } };
    const noted = (stream: Stream<number>) => stream.onEnd((end) => void seen.push(end));
    await toReadableStream(noted(from(upstream())), unread).cancel(reason);
    expect(seen).toEqual([reason, { kind: "stopped", by: "peer", reason }]);
    expect(seen[0]).toBe(reason);
    seen.length = 0;
    const worked = from(upstream()).pipe(mapAsync((n: number) => until(Promise.resolve(n)), 2));
    await toReadableStream(noted(worked), unread).cancel(reason);
    expect(seen).toEqual([reason, { kind: "stopped", by: "peer", reason }]);
    seen.length = 0;
    const generator = from(function* () {
      seen.push("begun");
      yield 1;
    });
    await toReadableStream(noted(generator), unread).cancel(reason);
    expect(seen).toEqual([{ kind: "stopped", by: "peer", reason }]);
  });

  test("as bytes, it can be read into a buffer of the reader's, and by a default reader, to the end", async () => {
    const bytes = (...values: number[]) => Uint8Array.from(values);
    const source = () => from([bytes(1, 2, 3), bytes(4)]);
    const reader = toReadableStream(source(), { type: "bytes" }).getReader({ mode: "byob" });
    const read = async () => [...((await reader.read(new Uint8Array(2))).value ?? [])];
    expect([await read(), await read(), await read(), await read()]).toEqual([[1, 2], [3], [4], []]);
    expect(await all(toReadableStream(source(), { type: "bytes" }))).toEqual([bytes(1, 2, 3), bytes(4)]);
    const pending = toReadableStream(
      from(function* () {
        yield* until(hostTurns(1));
      }) as Stream<Uint8Array>,
      { type: "bytes" },
    ).getReader({ mode: "byob" });
    expect(await pending.read(new Uint8Array(2))).toMatchObject({ done: true });
  });

  test("as bytes, an item without any is nothing to read, and fails nothing", async () => {
    const sizes = [0, 2, 0, 0, 1, 0];
    const bytes = () => from(sizes).pipe(map((size) => new Uint8Array(size)));
    for (const strategy of [{ highWaterMark: 0 }, { highWaterMark: 8 }]) {
      const chunks = await all(toReadableStream(bytes(), { type: "bytes", strategy }));
      expect(chunks.map(({ length }) => length)).toEqual([2, 1]);
    }
  });

  test("S1 as bytes, nothing is made before it is read, and the buffer counts bytes", async () => {
    let made = 0;
    const endless = from({
      *[Symbol.iterator]() {
        for (;;) yield new Uint8Array(++made && 4);
      },
    });
    const unread = toReadableStream(endless, { type: "bytes" });
    await hostTurns();
    expect(made).toBe(0);
    const held = toReadableStream(endless, { type: "bytes", strategy: { highWaterMark: 10 } });
    await hostTurns();
    expect(made).toBe(3);
    await Promise.all([unread.cancel(), held.cancel()]);
  });

  test("there and back again", async () => {
    expect(await from(toReadableStream(from(["a", "b"]))).toArray()).toEqual(["a", "b"]);
  });
});
