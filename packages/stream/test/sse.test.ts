import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, decodeSse, encodeSse, from, type SseEvent, type SseMessage } from "../src/index.ts";
import { shatter } from "../src/testing/index.ts";
import { outcomeOf, play } from "./support.ts";

const decoded = (pieces: readonly string[], options?: Parameters<typeof decodeSse>[0]): SseEvent[] =>
  play(() => from(pieces).pipe(decodeSse(options)).toArray());

const message = (data: string, more: Partial<SseEvent> = {}): SseEvent => ({ event: "message", data, id: "", ...more });

describe("decodeSse, by the HTML standard", () => {
  const cases: [string, string, SseEvent[]][] = [
    // The examples of the standard.
    ["three lines of data are one event", "data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]],
    [
      "comments, ids, an id that is set back, one space that belongs to the value",
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
      [message("first event", { id: "1" }), message("second event")],
    ],
    [
      "empty data is an event, if a data field was there; the last block is not finished",
      "data\n\ndata\ndata\n\ndata:",
      [message(""), message("\n")],
    ],
    ["a space after the colon makes no difference", "data:test\n\ndata: test\n\n", [message("test"), message("test")]],
    // Its rules, one by one.
    ["types are for one event", "event: add\ndata: 1\n\ndata: 2\n\n", [message("1", { event: "add" }), message("2")]],
    [
      "the last type of an event counts, and an empty one is `message`",
      "event: a\nevent: b\ndata: 1\n\nevent: a\nevent\ndata: 2\n\n",
      [message("1", { event: "b" }), message("2")],
    ],
    ["no data, no event; and its type is forgotten", "event: a\nid: 7\n\ndata: 1\n\n", [message("1", { id: "7" })]],
    ["ids stay", "id: 7\ndata: 1\n\ndata: 2\n\n", [message("1", { id: "7" }), message("2", { id: "7" })]],
    ["an id with a NUL is ignored", "id: 7\nid: 8\0\ndata: 1\n\n", [message("1", { id: "7" })]],
    [
      "lines end with LF, CR and CRLF",
      "data: 1\rdata: 2\r\ndata: 3\n\ndata: 4\r\rdata: 5\r\n\r\n",
      [message("1\n2\n3"), message("4"), message("5")],
    ],
    ["CRLF is one end, LF CR are two", "data: 1\n\rdata: 2\r\n\n", [message("1"), message("2")]],
    [
      "a byte order mark at the very start is ignored, and no other",
      "\uFEFFdata: 1\n\n\uFEFFdata: 2\n\n",
      [message("1")],
    ],
    [
      "unknown fields, and names that only look alike, are ignored",
      "Data: 1\n data: 2\ndata : 3\nfoo: 4\ndata: 5\n\n",
      [message("5")],
    ],
    ["only the first colon counts", "data: a:b\n\n", [message("a:b")]],
    ["a tab is no space", "data:\t1\n\n", [message("\t1")]],
    ["what is not finished is dropped", "data: 1\n\ndata: 2\n", [message("1")]],
    ["nothing", "", []],
  ];
  test.each(cases)("%s", (_name, text, expected) => {
    for (const pieces of shatter(text)) expect(decoded(pieces)).toEqual(expected);
  });

  test("retry takes digits only; comments are told", () => {
    const seen: unknown[] = [];
    const options = { onRetry: (ms: number) => seen.push(ms), onComment: (text: string) => seen.push(text) };
    for (const pieces of shatter("retry: 100\nretry: 1e3\nretry: -1\nretry\nretry:  5\nretry:7\n:a\n: b\n:\n")) {
      seen.length = 0;
      decoded(pieces, options as Parameters<typeof decodeSse>[0]);
      expect(seen).toEqual([100, 7, "a", "b", ""]);
    }
  });

  test("lastEventId is the id of events until one has its own", () => {
    const text = "data: 1\n\nid: 8\ndata: 2\n\n";
    expect(decoded([text], { lastEventId: "7" }).map(({ id }) => id)).toEqual(["7", "8"]);
  });

  test("an event of more than maxLength fails it, after the events before; what is shorter does not", () => {
    const got = play(function* () {
      const items: unknown[] = [];
      const pieces = ["data: 1\n\n", "data: 23", "45", "67", "89", "\n\n", "data: 3\n\n"];
      const outcome = yield* outcomeOf(
        from(pieces)
          .pipe(decodeSse({ maxLength: 10 }))
          .forEach((event) => void items.push(event.data)),
      );
      return [...items, outcome];
    });
    expect(got).toEqual(["1", { error: expect.any(DecodeError) }]);
    const long = Array.from({ length: 100 }, () => "data: 1\n\n");
    expect(decoded(long, { maxLength: 8 }).length).toBe(100);
    expect(() => decodeSse({ maxLength: 0 })).toThrow(RangeError);
  });

  test("what encodeSse makes is read back, however it is split", () => {
    const line = fc.string({ maxLength: 8 }).map((text) => text.replace(/[\r\n\0]/g, "_"));
    const anyMessage = fc.record({
      data: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n")),
      event: fc.option(
        line.filter((text) => text !== ""),
        { nil: undefined },
      ),
      id: line,
    });
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 3 }), (messages) => {
        const text = play(() => from<SseMessage>(messages).pipe(encodeSse()).toArray()).join("");
        const expected = messages.map(({ data, event = "message", id }) => ({ event, data, id }));
        for (const pieces of shatter(text)) expect(decoded(pieces)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test("it gives what eventsource-parser gives, whatever the text and however it is split", () => {
    const token = fc.constantFrom(
      "data",
      "event",
      "id",
      "retry",
      "dat",
      ":",
      ":",
      " ",
      "\n",
      "\n",
      "\r",
      "\r\n",
      "\n\n",
      "a",
      "1",
      "é",
      "😀",
      "\t",
      "data: x\n\n",
      "id: 3\n",
    );
    const texts = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(""));
    fc.assert(
      fc.property(texts, fc.array(fc.nat(60), { maxLength: 6 }), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        // It ends a line with CR only when it has seen what follows, and another end: so there is one more LF.
        const pieces = [...places.slice(1).map((to, at) => text.slice(places[at], to)), "\n"];
        const expected: unknown[] = [];
        const parser = createParser({
          onEvent: ({ event = "message", data }) => expected.push([event === "" ? "message" : event, data]),
          onRetry: (ms) => expected.push(ms),
          onComment: (comment) => expected.push(comment),
        });
        for (const piece of pieces) parser.feed(piece);
        const seen: unknown[] = [];
        const options = { onRetry: (ms: number) => void seen.push(ms), onComment: (t: string) => void seen.push(t) };
        play(() =>
          from(pieces)
            .pipe(decodeSse(options))
            .forEach(({ event, data }) => void seen.push([event, data])),
        );
        expect(seen).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
