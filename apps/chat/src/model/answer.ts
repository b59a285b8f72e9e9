/**
 * An answer, token by token. Each `next()` computes exactly one token, so whoever steps the generator knows how many
 * were computed, and whoever stops stepping it has stopped the model.
 */
import { type NgramModel, ORDER } from "./ngram.ts";
import { between, type Random, seeded } from "./random.ts";
import { endsSentence, sentenceStart, textAt } from "./sentence.ts";
import { PARAGRAPH, wordOf } from "./tokenize.ts";
import { OPENING_TOKENS, type Opening, type Topic, topicOf } from "./topic.ts";

export interface Question {
  /** What was asked; the end of it counts most. */
  readonly prompt: string;
  /** The same seed and prompt give the same answer. Any integer. */
  readonly seed: number;
  /** 0 always takes the likeliest token; 1 follows the book; up to 2. Default 0.8. */
  readonly temperature?: number;
  /** The answer is cut after this many tokens. Without it, it ends by itself after 80 to 240. */
  readonly maxTokens?: number;
}

/** Why an answer ended: by itself, or because `maxTokens` was reached. */
export type FinishReason = "stop" | "length";

const LENGTH = { min: 90, max: 190 } as const;
const PARAGRAPH_SENTENCES = { min: 2, max: 4 } as const;
/** From here on a sentence is led to its end, and from there on it is ended. */
const LONG_SENTENCE = 34;
const ENDLESS_SENTENCE = 70;
/** With fewer choices than this, the model sometimes looks less far back, or it would recite the book. */
const FEW_CHOICES = 3;
/** How often that happens. */
const LOOSEN = 0.3;
/** A content word used within this many tokens is less likely to come again. */
const MEMORY = 40;

/**
 * Writes an answer.
 *
 * @yields one token; joined, they are the text
 * @returns why it ended
 * @example
 * for (const token of answer(model, { prompt: "Who is Ahab?", seed: 1 })) process.stdout.write(token);
 */
export function* answer(model: NgramModel, question: Question): Generator<string, FinishReason, void> {
  const limit = question.maxTokens ?? Number.POSITIVE_INFINITY;
  let count = 0;
  for (const token of prose(model, question)) {
    if (count === limit) return "length";
    yield token;
    count++;
  }
  return "stop";
}

function* prose(model: NgramModel, question: Question): Generator<string, void, void> {
  const random = seeded(question.seed ^ hashOf(question.prompt));
  const topic = topicOf(model, question.prompt);
  const writer = new Writer(model, topic, random, question.temperature ?? 0.8);
  const length = between(random, LENGTH.min, LENGTH.max);
  let sentences = between(random, PARAGRAPH_SENTENCES.min, PARAGRAPH_SENTENCES.max);
  yield* writer.open();
  for (;;) {
    const token = writer.write();
    yield token;
    if (!writer.atSentenceEnd) continue;
    if (writer.count >= length) return;
    if (--sentences > 0) continue;
    sentences = between(random, PARAGRAPH_SENTENCES.min, PARAGRAPH_SENTENCES.max);
    yield writer.breakParagraph();
    yield* writer.open();
  }
}

/** So that two prompts with one seed do not begin alike. */
function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) as number)) | 0;
  return hash;
}

/** What has been written so far, and how the next token is chosen. */
class Writer {
  readonly #model: NgramModel;
  readonly #topic: Topic;
  readonly #random: Random;
  readonly #temperature: number;
  readonly #written: number[] = [];
  /** Each opening is used once. */
  readonly #openings: Opening[];
  #inSentence = 0;

  constructor(model: NgramModel, topic: Topic, random: Random, temperature: number) {
    this.#model = model;
    this.#topic = topic;
    this.#openings = [...topic.openings];
    this.#random = random;
    this.#temperature = temperature;
  }

  get count(): number {
    return this.#written.length;
  }

  get atSentenceEnd(): boolean {
    return this.count > 0 && endsSentence(this.#text(-1), this.count > 1 ? this.#text(-2) : undefined);
  }

  /** Begins a paragraph with the first words of a sentence of the book, about the topic if the book knows it. */
  *open(): Generator<string, void, void> {
    const { start, length } = this.#opening();
    for (let at = start; at < start + length; at++) {
      const token = textAt(this.#model, at);
      if (token === PARAGRAPH || (at > start && endsSentence(token, undefined))) return;
      // The space before the first word of a sentence belongs to the sentence before.
      yield this.#put(at === start ? token.trimStart() : token, this.#model.book[at] as number);
    }
  }

  /** The next token. */
  write(): string {
    const id = this.#inSentence > ENDLESS_SENTENCE ? this.#model.idOf(".") : this.#choose();
    return id === undefined
      ? this.#put(".", this.#model.idOf(".") ?? 0)
      : this.#put(this.#model.vocabulary[id] as string, id);
  }

  breakParagraph(): string {
    return this.#put(PARAGRAPH, this.#model.idOf(PARAGRAPH) ?? 0);
  }

  #opening(): Opening {
    const [opening] = this.#openings.splice(Math.floor(this.#random() * this.#openings.length), 1);
    if (opening) return opening;
    const length = OPENING_TOKENS.min;
    for (;;) {
      const start = sentenceStart(this.#model, between(this.#random, 1, this.#model.book.length - length - 1));
      if (start !== undefined) return { start, length };
    }
  }

  #put(token: string, id: number): string {
    this.#written.push(id);
    this.#inSentence = this.atSentenceEnd ? 0 : this.#inSentence + 1;
    return token;
  }

  #text(offset: number): string {
    return this.#model.vocabulary[this.#written.at(offset) as number] as string;
  }

  /** The longest context that leaves a choice decides; the shortest always has an answer in the book. */
  #choose(): number | undefined {
    for (let order = ORDER; order > 0; order--) {
      const choices = this.#model.continuations(this.#written, order);
      const few = choices.size < FEW_CHOICES && order > 1;
      if (choices.size === 0 || (few && this.#random() < LOOSEN)) continue;
      const id = this.#pick(choices);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  #pick(choices: ReadonlyMap<number, number>): number | undefined {
    const weights: { id: number; weight: number }[] = [];
    for (const [id, count] of choices) {
      const token = this.#model.vocabulary[id] as string;
      if (token !== PARAGRAPH) weights.push({ id, weight: count * this.#factor(id, token) });
    }
    if (weights.length === 0) return undefined;
    if (this.#temperature === 0) return weights.reduce((best, next) => (next.weight > best.weight ? next : best)).id;
    let total = 0;
    for (const choice of weights) {
      choice.weight **= 1 / this.#temperature;
      total += choice.weight;
    }
    let left = this.#random() * total;
    for (const choice of weights) {
      left -= choice.weight;
      if (left < 0) return choice.id;
    }
    return weights.at(-1)?.id;
  }

  #factor(id: number, token: string): number {
    let factor = this.#topic.boosts.get(id) ?? 1;
    if (wordOf(token).length > 3 && this.#written.lastIndexOf(id) > this.count - MEMORY) factor /= 8;
    if (this.#inSentence > LONG_SENTENCE && endsSentence(token, this.#text(-1))) factor *= 12;
    return factor;
  }
}
