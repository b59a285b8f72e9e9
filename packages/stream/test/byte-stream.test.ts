import { until } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { from, take, UsedError } from "../src/index.ts";
import { fromByteStream, toReadableStream } from "../src/web/index.ts";
import { hostTurns } from "./support.ts";

/** Fills whatever buffer it is given with at most `most` bytes, `total` of them in all: 0, 1, 2, … */
function filling(total: number, most: number) {
  const asked: number[] = [];
  let at = 0;
  const readable = new ReadableStream<Uint8Array>({
    type: "bytes",
    pull(controller) {
      const request = (controller as ReadableByteStreamController).byobRequest;
      const view = request?.view as Uint8Array;
      asked.push(view.buffer.byteLength);
      const count = Math.min(most, view.byteLength, total - at);
      for (let i = 0; i < count; i++) view[i] = at++;
      if (count === 0) controller.close();
      request?.respond(count);
    },
  });
  return { readable, asked };
}

describe("fromByteStream", () => {
  test("gives every byte once, in buffers of its own that later reads leave alone", async () => {
    for (const [most, chunkBytes] of [
      [8, 8],
      [3, 8],
      [5, 8],
      [9, 4],
      [1, 1],
    ] as const) {
      const { readable, asked } = filling(20, most);
      const chunks = await fromByteStream(readable, { chunkBytes }).toArray();
      expect(chunks.flatMap((chunk) => [...chunk])).toEqual(Array.from({ length: 20 }, (_, n) => n));
      expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(chunks.length);
      for (const { buffer, byteLength } of chunks) expect(buffer.byteLength).toBeLessThanOrEqual(2 * byteLength);
      expect(new Set(asked)).toEqual(new Set([chunkBytes]));
      expect(readable.locked).toBe(false);
    }
  });

  test("reads what enqueues whole chunks, too", async () => {
    const source = from([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    const chunks = await fromByteStream(toReadableStream(source, { type: "bytes" }), { chunkBytes: 2 }).toArray();
    expect(chunks.map((chunk) => [...chunk])).toEqual([[1, 2], [3], [4]]);
  });

  test("S1 reads no more than is asked for, and S4 cancels with the identical reason, also while it waits", async () => {
    const { readable, asked } = filling(100, 10);
    await fromByteStream(readable, { chunkBytes: 10 }).pipe(take(2)).drain();
    expect([asked.length, readable.locked]).toEqual([2, false]);
    const seen: unknown[] = [];
    const silent = new ReadableStream({ type: "bytes", cancel: (reason) => void seen.push(reason) });
    const reason = { why: "enough" };
    const controller = new AbortController();
    const reading = Promise.resolve(fromByteStream(silent).drain({ signal: controller.signal }));
    await hostTurns();
    controller.abort(reason);
    await expect(reading).rejects.toMatchObject({ reason });
    expect(seen).toEqual([reason]);
    expect(seen[0]).toBe(reason);
  });

  test("S7 its failure comes out as it is", async () => {
    const error = new Error("disk");
    const failing = from(function* (): Generator<never, void> {
      yield* until(hostTurns(1)) as Iterable<never>;
      throw error;
    });
    const readable = toReadableStream(failing, { type: "bytes" });
    await expect(fromByteStream(readable).toArray()).rejects.toBe(error);
  });

  test("what is no byte stream, or locked, is a TypeError when a run is opened; a second run is refused", async () => {
    await expect(fromByteStream(new ReadableStream()).toArray()).rejects.toThrow(TypeError);
    const { readable } = filling(4, 4);
    const bytes = fromByteStream(readable);
    await bytes.toArray();
    await expect(bytes.toArray()).rejects.toBeInstanceOf(UsedError);
    for (const chunkBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => fromByteStream(readable, { chunkBytes })).toThrow(RangeError);
  });
});
