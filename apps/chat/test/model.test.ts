import { beforeAll, describe, expect, test } from "vitest";
import { answer, type Question } from "../src/model/answer.ts";
import { readCorpus } from "../src/model/corpus.ts";
import { NgramModel } from "../src/model/ngram.ts";
import { pace, SHORTEST_GAP_MS } from "../src/model/pace.ts";
import { ABSENT, PairIndex } from "../src/model/pair-index.ts";
import { between, seeded } from "../src/model/random.ts";
import { tokenize } from "../src/model/tokenize.ts";

function write(model: NgramModel, question: Question) {
  const tokens: string[] = [];
  const writing = answer(model, question);
  for (;;) {
    const step = writing.next();
    if (step.done) return { tokens, text: tokens.join(""), reason: step.value };
    tokens.push(step.value);
  }
}

describe("tokens", () => {
  test("give the text back when joined", () => {
    const text = "Call me Ishmael. Some years ago—never mind how long—I'd sail.\n\nThe sea-room!";
    expect(tokenize(text).join("")).toBe(text);
    expect(tokenize("Call me Ishmael.")).toEqual(["Call", " me", " Ishmael", "."]);
  });

  test("line ends inside a paragraph are spaces, blank lines are one token", () => {
    expect(tokenize("a\nb\r\n\r\n \n c")).toEqual(["a", " b", "\n\n", "c"]);
    expect(tokenize("")).toEqual([]);
  });

  test("no text is lost: letters of any script, digits, marks", () => {
    expect(tokenize("naïve 北京 λ 42 % 🐋").join("")).toBe("naïve 北京 λ 42 % 🐋");
  });
});

describe("the pair index", () => {
  test("numbers pairs in the order in which they come and tells them apart", () => {
    const index = new PairIndex(1_000);
    const random = seeded(3);
    const pairs = Array.from({ length: 1_000 }, (_, n) => [n % 37, between(random, 0, 1e6) * 1_000 + n] as const);
    expect(pairs.map(([left, right]) => index.add(left, right))).toEqual(pairs.map((_, n) => n));
    expect(pairs.map(([left, right]) => index.add(left, right))).toEqual(pairs.map((_, n) => n));
    expect(pairs.map(([left, right]) => index.find(left, right))).toEqual(pairs.map((_, n) => n));
    expect(index.find(1_000, 0)).toBe(ABSENT);
    expect(index.size).toBe(1_000);
  });
});

describe("the n-gram model", () => {
  const model = new NgramModel("a b c. a b d. a b c. x b d.");
  const counts = (context: string[], order: number) =>
    Object.fromEntries(
      [
        ...model.continuations(
          context.map((token) => model.idOf(token) as number),
          order,
        ),
      ].map(([id, count]) => [model.vocabulary[id], count]),
    );

  test("counts what came after a context, by order", () => {
    expect(counts([" b"], 1)).toEqual({ " c": 2, " d": 2 });
    expect(counts([" a", " b"], 2)).toEqual({ " c": 1, " d": 1 });
    expect(counts(["a", " b"], 2)).toEqual({ " c": 1 });
    expect(counts([" x", " b"], 2)).toEqual({ " d": 1 });
  });

  test("has nothing for a context that the book never had, or that is too short", () => {
    expect(counts([" x", " c"], 2)).toEqual({});
    expect(counts([" b"], 2)).toEqual({});
  });

  test("knows where a token stands, newest first", () => {
    const at = model.places(model.idOf(" x") as number, 9);
    expect(at.map((place) => model.vocabulary[model.book[place] as number])).toEqual([" x"]);
    expect(model.places(model.idOf(" b") as number, 2)).toHaveLength(2);
  });
});

describe("an answer", () => {
  let model: NgramModel;
  beforeAll(() => {
    model = new NgramModel(readCorpus());
  });

  test("is the same for the same seed and prompt, and another for another", () => {
    const first = write(model, { prompt: "Who is Ahab?", seed: 5 });
    expect(write(model, { prompt: "Who is Ahab?", seed: 5 })).toEqual(first);
    expect(write(model, { prompt: "Who is Ahab?", seed: 6 }).text).not.toBe(first.text);
    expect(write(model, { prompt: "Who is Queequeg?", seed: 5 }).text).not.toBe(first.text);
  });

  test("ends by itself, with a sentence, at a sensible length", () => {
    for (let seed = 0; seed < 40; seed++) {
      const { tokens, text, reason } = write(model, { prompt: "Why do men go to sea?", seed });
      expect(reason).toBe("stop");
      expect(tokens.length).toBeGreaterThanOrEqual(80);
      expect(tokens.length).toBeLessThanOrEqual(300);
      expect(text).toMatch(/^\S[\s\S]*[.!?]$/);
      expect(text).not.toMatch(/ {2}|\n{3}|\s$|\n /);
    }
  });

  test("maxTokens cuts it at exactly that many, and the last token may be the model's own last", () => {
    const whole = write(model, { prompt: "whales", seed: 1 });
    for (const maxTokens of [1, 2, 17]) {
      const cut = write(model, { prompt: "whales", seed: 1, maxTokens });
      expect(cut).toMatchObject({ reason: "length", tokens: whole.tokens.slice(0, maxTokens) });
    }
    expect(write(model, { prompt: "whales", seed: 1, maxTokens: whole.tokens.length }).reason).toBe("stop");
  });

  test("takes up the words of the prompt", () => {
    const mentions = (prompt: string, word: RegExp) =>
      Array.from({ length: 20 }, (_, seed) => write(model, { prompt, seed }).text.match(word)?.length ?? 0).reduce(
        (a, b) => a + b,
      );
    expect(mentions("Tell me of Queequeg", /Queequeg/g)).toBeGreaterThan(
      3 * mentions("Good morning", /Queequeg/g) + 10,
    );
    expect(mentions("Describe harpoons", /harpoon/g)).toBeGreaterThan(mentions("Good morning", /harpoon/g) + 10);
  });

  test("temperature 0 needs no luck, and does not go round in circles", () => {
    const { tokens } = write(model, { prompt: "the whale", seed: 1, temperature: 0 });
    expect(tokens.length).toBeGreaterThanOrEqual(80);
    expect(new Set(tokens).size / tokens.length).toBeGreaterThan(0.35);
  });

  test("any prompt will do", () => {
    for (const prompt of ["", " ", "🐋", "日本語", "constructor __proto__ toString", "a".repeat(50_000), "\0"]) {
      expect(write(model, { prompt, seed: 1, maxTokens: 5 }).tokens).toHaveLength(5);
    }
  });
});

describe("the pace", () => {
  test("a wait before the first token, then bursts with breaths between them", () => {
    const gaps = Array.from(
      { length: 400 },
      (
        (steps) => () =>
          steps.next().value
      )(pace(seeded(1))),
    );
    expect(gaps[0]).toBeGreaterThanOrEqual(250);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SHORTEST_GAP_MS);
    const breaths = gaps.slice(1).filter((gap) => gap >= 40).length;
    expect(breaths).toBeGreaterThan(40);
    expect(breaths).toBeLessThan(150);
    expect(gaps).toEqual(
      Array.from(
        { length: 400 },
        (
          (steps) => () =>
            steps.next().value
        )(pace(seeded(1))),
      ),
    );
  });
});

describe("random numbers", () => {
  test("are spread evenly and repeat for a seed", () => {
    const random = seeded(9);
    const buckets = new Map<number, number>();
    for (let n = 0; n < 10_000; n++) {
      const bucket = between(random, 0, 9);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    expect(buckets.size).toBe(10);
    for (const count of buckets.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    expect([seeded(4)(), seeded(4)()]).toEqual([seeded(4)(), seeded(4)()]);
    expect(seeded(4)()).not.toBe(seeded(5)());
  });
});
