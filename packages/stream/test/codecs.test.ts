import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeNdjson,
  decodeText,
  encodeNdjson,
  encodeSse,
  encodeSseMessage,
  from,
  lines,
  type Operator,
} from "../src/index.ts";
import { shatter } from "../src/testing/index.ts";
import { play, thrownBy } from "./support.ts";

const through = <A, B>(items: readonly A[], operator: Operator<A, B>): B[] =>
  play(() => from(items).pipe(operator).toArray());

const wellFormed = (text: string): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));

describe("decodeText", () => {
  test("never cuts a character, however the bytes are split", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 12 }), (any) => {
        const text = wellFormed(any);
        for (const pieces of shatter(new TextEncoder().encode(text))) {
          const decoded = through(pieces, decodeText());
          expect(decoded.join("")).toBe(text.replace(/^\uFEFF/, ""));
          for (const piece of decoded) expect(piece).toBe(wellFormed(piece));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("bytes that are no text become U+FFFD, or a TypeError if that is asked for; an end in a character too", () => {
    const cut = new TextEncoder().encode("ö").slice(0, 1);
    expect(through([cut], decodeText())).toEqual(["\uFFFD"]);
    expect(thrownBy(() => through([cut], decodeText({ fatal: true })))).toBeInstanceOf(TypeError);
    expect(() => decodeText({ encoding: "no such thing" })).toThrow(RangeError);
  });
});

describe("lines", () => {
  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\nb\r\nc", ["a", "b", "c"]],
    ["a\n", ["a"]],
    ["\n\n", ["", ""]],
    ["a\rb\r", ["a\rb"]],
  ])("%j is the lines %j, however it is split", (text, expected) => {
    for (const pieces of shatter(text)) expect(through(pieces, lines())).toEqual(expected);
  });
});

describe("NDJSON", () => {
  test("what is encoded is decoded, however it is split", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), (values) => {
        const text = through(values, encodeNdjson()).join("");
        const normal = values.map((value) => JSON.parse(JSON.stringify(value)));
        for (const pieces of shatter(text)) expect(through(pieces, decodeNdjson())).toEqual(normal);
      }),
      { numRuns: 50 },
    );
  });

  test("a line that is no JSON is named by its number; the values before it were given", () => {
    const seen: unknown[] = [];
    const error = thrownBy(() =>
      play(() =>
        from(["1\n\n", "{oops\n2\n"])
          .pipe(decodeNdjson())
          .forEach((value) => void seen.push(value)),
      ),
    );
    expect(seen).toEqual([1]);
    expect((error as Error).message).toBe('Cannot parse line 3 as JSON: "{oops".');
  });
});

describe("SSE", () => {
  test("messages become the lines of the standard", () => {
    const messages = [
      { data: "hello" },
      { event: "delta", id: 7, data: '{"text":"a"}' },
      { data: "two\nlines\r\nand three", retryMs: 1500.2 },
      { data: "" },
      { comment: "still here" },
    ];
    expect(through(messages, encodeSse())).toEqual([
      "data: hello\n\n",
      'event: delta\nid: 7\ndata: {"text":"a"}\n\n',
      "retry: 1501\ndata: two\ndata: lines\ndata: and three\n\n",
      "data: \n\n",
      ": still here\n\n",
    ]);
  });

  test.each([
    { event: "a\nb", data: "" },
    { id: "a\rb", data: "" },
    { id: "a\0", data: "" },
    { data: undefined },
    { data: 5 },
    { comment: null },
  ])("%j cannot be encoded", (message) => {
    expect(() => encodeSseMessage(message as never)).toThrow(TypeError);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e21])("nor can a retry of %d ms", (retryMs) => {
    expect(() => encodeSseMessage({ data: "", retryMs })).toThrow(RangeError);
  });
});
