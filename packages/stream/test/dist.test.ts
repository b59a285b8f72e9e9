import { run } from "@skein/coroutine";
import { describe, expect, test } from "vitest";

// By their paths, so that a stale build in node_modules cannot stand in for this one.
const main = await import("../dist/index.js");
const web = await import("../dist/web.js");
const node = await import("../dist/node.js");
const testing = await import("../dist/testing.js");

describe("the built package", () => {
  test("exports what it should, and no more", () => {
    expect(Object.keys(main).sort()).toMatchInlineSnapshot(`
      [
        "BrokenError",
        "ClosedError",
        "CursorError",
        "DecodeError",
        "END",
        "EmptyError",
        "InternalError",
        "Lagged",
        "LeftBehindError",
        "MORE",
        "OverflowError",
        "StalledError",
        "StoppedError",
        "Stream",
        "StreamError",
        "UsedError",
        "WAIT",
        "broadcast",
        "buffer",
        "cancellable",
        "channel",
        "chunk",
        "coalesce",
        "combineLatest",
        "concat",
        "debounce",
        "decodeDelimited",
        "decodeFrames",
        "decodeNdjson",
        "decodeSse",
        "decodeText",
        "delay",
        "distinct",
        "drop",
        "dropWhile",
        "empty",
        "encodeFrames",
        "encodeNdjson",
        "encodeSse",
        "encodeSseMessage",
        "filter",
        "flatMap",
        "from",
        "fromCallback",
        "fromEvent",
        "groupBy",
        "interval",
        "lines",
        "log",
        "map",
        "mapAsync",
        "merge",
        "race",
        "rateLimit",
        "retry",
        "sample",
        "scan",
        "share",
        "stream",
        "switchMap",
        "take",
        "takeUntil",
        "takeWhile",
        "tap",
        "throttle",
        "timeout",
        "tokenBucket",
        "unfold",
        "window",
        "zip",
      ]
    `);
    expect(Object.keys(web).sort()).toEqual([
      "fromByteStream",
      "pipeToWritableStream",
      "toReadableStream",
      "toWritableStream",
    ]);
    expect(Object.keys(node).sort()).toEqual(["fromReadable", "pipeToWritable", "toReadable", "toWritable"]);
    expect(Object.keys(testing).sort()).toEqual([
      "Probe",
      "checkLog",
      "checkSink",
      "checkSource",
      "checkTarget",
      "shatter",
      "timeline",
      "timelineOf",
    ]);
  });

  test("runs, by await and by yield*", async () => {
    const doubled = main.from([1, 2, 3]).pipe(main.map((n) => n * 2));
    expect(await doubled.toArray()).toEqual([2, 4, 6]);
    expect(await run(() => doubled.toArray())).toEqual([2, 4, 6]);
  });

  test("its entries share one state: the web bridge takes the main entry's streams, and gives them back", async () => {
    expect(await main.from(web.toReadableStream(main.from(["a", "b"]))).toArray()).toEqual(["a", "b"]);
  });

  for (const { id, name, run } of testing.checkSource(() => ({ stream: main.from([1, 2, 3]), items: [1, 2, 3] }))) {
    test(`${id} ${name}`, run);
  }
});
