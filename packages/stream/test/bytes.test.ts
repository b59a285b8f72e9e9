import { scope, use } from "@skein/coroutine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DecodeError,
  decodeDelimited,
  decodeFrames,
  decodeText,
  encodeFrames,
  type FrameOptions,
  from,
  map,
  type Operator,
  type Stream,
  tap,
} from "../src/index.ts";
import { shatter } from "../src/testing/index.ts";
import { outcomeOf, play, thrownBy } from "./support.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

/** What comes out, the error last. */
const through = <B>(items: readonly Uint8Array[], operator: Operator<Uint8Array, B>, source = from(items)): unknown[] =>
  play(function* () {
    const got: unknown[] = [];
    const outcome = yield* outcomeOf(source.pipe(operator).forEach((item) => void got.push(item)));
    return "error" in outcome ? [...got, outcome.error] : got;
  });

const error = new Error("source");
const failingAfter = (bytes: Uint8Array): Stream<Uint8Array> =>
  from(function* () {
    yield bytes;
    throw error;
  });

describe("length-prefixed frames", () => {
  test.each<[FrameOptions, number[]]>([
    [{}, [0, 0, 0, 2, 7, 8]],
    [{ littleEndian: true }, [2, 0, 0, 0, 7, 8]],
    [{ lengthBytes: 2 }, [0, 2, 7, 8]],
    [{ lengthBytes: 1 }, [2, 7, 8]],
  ])("with %j two bytes are %j", (options, expected) => {
    expect(through([Uint8Array.of(7, 8)], encodeFrames(options))).toEqual([Uint8Array.from(expected)]);
  });

  test("what is encoded is decoded, however the bytes are split", () => {
    const options = fc.record({
      lengthBytes: fc.constantFrom(1 as const, 2 as const, 4 as const),
      littleEndian: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 }), options, (frames, how) => {
        const bytes = joined(through(frames, encodeFrames(how)) as Uint8Array[]);
        for (const pieces of shatter(bytes)) expect(through(pieces, decodeFrames(how))).toEqual(frames);
      }),
      { numRuns: 100 },
    );
  });

  test("a long frame in many pieces, and a length of more than 255", () => {
    const frame = new Uint8Array(70_000).map((_, at) => at % 251);
    const bytes = joined(through([frame, frame], encodeFrames()) as Uint8Array[]);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 999) }, (_, at) =>
      bytes.slice(at * 999, at * 999 + 999),
    );
    expect(through(pieces, decodeFrames())).toEqual([frame, frame]);
  });

  test("a frame is the reader's own: the chunk may be used again", () => {
    const chunk = Uint8Array.of(1, 7, 1, 8);
    const frames = through([chunk], decodeFrames({ lengthBytes: 1 }));
    chunk.fill(0);
    expect(frames).toEqual([Uint8Array.of(7), Uint8Array.of(8)]);
  });

  test("bytes that end within a frame, or within its length, fail it, and carry what was read", () => {
    const bytes = Uint8Array.of(0, 1, 9, 0, 3, 7, 8);
    const options = { lengthBytes: 2 } as const;
    for (const pieces of shatter(bytes)) {
      const [first, thrown] = through(pieces, decodeFrames(options));
      expect([first, thrown]).toEqual([Uint8Array.of(9), expect.any(DecodeError)]);
      expect((thrown as DecodeError).partial).toEqual(Uint8Array.of(7, 8));
    }
    expect(through([Uint8Array.of(0)], decodeFrames(options))[0]).toMatchObject({
      code: "STREAM_DECODE",
      partial: Uint8Array.of(0),
    });
    expect(through([], decodeFrames(options), failingAfter(bytes))).toEqual([Uint8Array.of(9), error]);
  });

  test("a frame that is too long fails it at its length, after the frames before; encoding it throws", () => {
    const bytes = Uint8Array.of(1, 9, 200);
    for (const pieces of shatter(bytes)) {
      expect(through(pieces, decodeFrames({ lengthBytes: 1, maxBytes: 100 }))).toEqual([
        Uint8Array.of(9),
        expect.any(DecodeError),
      ]);
    }
    expect(through([new Uint8Array(256)], encodeFrames({ lengthBytes: 1 }))).toEqual([expect.any(RangeError)]);
    expect(through([new Uint8Array(3)], encodeFrames({ maxBytes: 2 }))).toEqual([expect.any(RangeError)]);
  });

  test("S2 an error overtakes no frame, also where the consumer takes one at a time", () => {
    const got = play(function* () {
      const items: unknown[] = [];
      const outcome = yield* outcomeOf(
        from([Uint8Array.of(1, 7, 1, 8, 200, 1)])
          .pipe(decodeFrames({ lengthBytes: 1, maxBytes: 100 }))
          .forEach(function* (frame) {
            items.push(frame[0]);
          }),
      );
      return [...items, "error" in outcome];
    });
    expect(got).toEqual([7, 8, true]);
  });
});

describe("decodeDelimited", () => {
  test("STREAM-028 it joins chunks up to the separator and keeps the rest, however the bytes are split", () => {
    for (const separator of ["\n", "--", "aab"]) {
      const pieces = ["", "one", "a", "aa", "-", "two"].filter((text) => !text.includes(separator));
      const bytes = bytesOf(pieces.map((piece) => piece + separator).join(""));
      const text = new TextDecoder().decode(bytes);
      const expected = text.split(separator).slice(0, -1).map(bytesOf);
      for (const cut of shatter(bytes)) expect(through(cut, decodeDelimited(separator))).toEqual(expected);
    }
  });

  test("it gives what splitting the whole gives, whatever the bytes", () => {
    const letters = fc.array(fc.constantFrom(1, 2), { maxLength: 30 });
    fc.assert(
      fc.property(letters, fc.constantFrom([1], [1, 2], [1, 1, 2], [1, 2, 1]), (list, pattern) => {
        const text = list.join("");
        const separator = pattern.join("");
        const expected = text.split(separator);
        const rest = expected.pop() as string;
        for (const cut of shatter(Uint8Array.from(list))) {
          const got = through(cut, decodeDelimited(Uint8Array.from(pattern)));
          const thrown = rest === "" ? undefined : got.pop();
          expect(got.map((piece) => (piece as Uint8Array).join(""))).toEqual(expected);
          if (rest !== "") expect((thrown as DecodeError).partial?.join("")).toBe(rest);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("what was taken before is not found again where the buffer was used twice", () => {
    const [long, half] = ["x".repeat(199), "y".repeat(100)];
    const got = through([`${long}\n`, half, `${half}\n`].map(bytesOf), decodeDelimited("\n"));
    expect(got.map((piece) => new TextDecoder().decode(piece as Uint8Array))).toEqual([long, half + half]);
  });

  test("STREAM-028 asked one by one by a reader, it reads no further than it must", () => {
    const read: string[] = [];
    const chunks = ["GET / HT", "TP\r\nHost: a\r\n", "\r\nbody"];
    const head = play(() =>
      scope(function* () {
        const source = from(chunks).pipe(
          tap((chunk: string) => void read.push(chunk)),
          map(bytesOf),
          decodeDelimited("\r\n"),
          map((piece) => new TextDecoder().decode(piece)),
        );
        const reader = yield* use(source.reader());
        return [yield* reader.next(), yield* reader.next()];
      }),
    );
    expect(head).toEqual([
      { done: false, value: "GET / HTTP" },
      { done: false, value: "Host: a" },
    ]);
    expect(read).toEqual(chunks.slice(0, 2));
  });

  test("STREAM-028 bytes that end without a separator fail it, and the error carries what was read", () => {
    const [first, thrown] = through([bytesOf("a\nb"), bytesOf("c")], decodeDelimited("\n"));
    expect([first, thrown]).toEqual([bytesOf("a"), expect.any(DecodeError)]);
    expect((thrown as DecodeError).partial).toEqual(bytesOf("bc"));
    expect(through([], decodeDelimited("\n"), failingAfter(bytesOf("a\nb")))).toEqual([bytesOf("a"), error]);
  });

  test("more than maxBytes without a separator fails it; exactly so many do not", () => {
    for (const cut of shatter(bytesOf("abc--de--"))) {
      expect(through(cut, decodeDelimited("--", { maxBytes: 3 }))).toEqual([bytesOf("abc"), bytesOf("de")]);
    }
    for (const cut of shatter(bytesOf("ab--cdefghi"))) {
      expect(through(cut, decodeDelimited("--", { maxBytes: 3 }))).toEqual([bytesOf("ab"), expect.any(DecodeError)]);
    }
  });
});

test("decodeText: a failure of the source is not hidden by a character that it cut off", () => {
  const cut = bytesOf("aö").slice(0, 2);
  expect(through([], decodeText({ fatal: true }), failingAfter(cut))).toEqual(["a", error]);
  expect(through([], decodeText(), failingAfter(cut))).toEqual(["a", "\uFFFD", error]);
});

test("limits are checked at the call", () => {
  for (const n of [0, -1, 1.5, Number.NaN]) {
    for (const make of [
      () => decodeFrames({ maxBytes: n }),
      () => encodeFrames({ maxBytes: n }),
      () => decodeDelimited("\n", { maxBytes: n }),
    ]) {
      expect(make).toThrow(RangeError);
    }
  }
  expect(thrownBy(() => decodeFrames({ lengthBytes: 3 as never }))).toBeInstanceOf(RangeError);
  expect(thrownBy(() => decodeDelimited(""))).toBeInstanceOf(RangeError);
});
