/**
 * What a prompt is about, in words that the book knows: the model leans towards these words and begins with a
 * sentence that has one of them, so that an answer sounds as if it had heard the question.
 */
import type { NgramModel } from "./ngram.ts";
import { sentenceStart, textAt } from "./sentence.ts";
import { tokenize, wordOf } from "./tokenize.ts";

export interface Topic {
  /** How much likelier a token becomes, by id; 1 where nothing is said. */
  readonly boosts: ReadonlyMap<number, number>;
  /** Sentences of the book that are about the topic. Empty if the book knows no word of the prompt. */
  readonly openings: readonly Opening[];
}

/** The first words of a sentence, up to the word that it was chosen for. */
export interface Opening {
  /** Its place in the book. */
  readonly start: number;
  /** In tokens. */
  readonly length: number;
}

const KEYWORDS = 8;
const PLACES_EACH = 120;
const REACH = 8;
const NEIGHBOURS = 80;
/** A word is about nothing in particular if it stands in the book more often than this. */
const COMMON = 600;

/** An opening is this long, in tokens, at least and at most. */
export const OPENING_TOKENS = { min: 3, max: 12 } as const;

const BOOST_KEYWORD = 6;
const BOOST_NEIGHBOUR = 2.5;

const SMALL_TALK: ReadonlySet<string> = new Set(
  (
    "about above after again against all also always and another any are because been before being below best between " +
    "both but can cannot come could did does doing don't down each even ever every explain few for from gave get give " +
    "goes going good got had has have having hello help her here him his hour how i'm i've into it's its just know let " +
    "like little long made make many may me mean might more most much must my need never new nor not now off one only " +
    "other our out over own please question really said same say see shall she should some something still such take " +
    "tell than thank thanks that the their them then there these they thing things think this those through too two " +
    "under until upon us use very want was way well were what when where which while who whom why will with without " +
    "word words would write yes yet you your"
  ).split(" "),
);

/** Finds the topic of a prompt. */
export function topicOf(model: NgramModel, prompt: string): Topic {
  const keywords = keywordsOf(model, prompt);
  const boosts = new Map<number, number>();
  const openings = new Map<number, { words: number; length: number }>();
  const near = new Map<number, number>();
  for (const ids of keywords) {
    for (const id of ids) {
      boosts.set(id, BOOST_KEYWORD);
      for (const place of model.places(id, PLACES_EACH)) {
        const start = sentenceStart(model, place);
        if (start !== undefined && place - start < OPENING_TOKENS.max) {
          const length = Math.max(place - start + 1, openings.get(start)?.length ?? OPENING_TOKENS.min);
          openings.set(start, { words: (openings.get(start)?.words ?? 0) + 1, length });
        }
        for (let at = Math.max(0, place - REACH); at <= Math.min(model.book.length - 1, place + REACH); at++) {
          if (wordOf(textAt(model, at)).length > 3)
            near.set(model.book[at] as number, (near.get(model.book[at] as number) ?? 0) + 1);
        }
      }
    }
  }
  const neighbours = [...near]
    .filter(([id, count]) => count > 1 && !SMALL_TALK.has(wordOf(model.vocabulary[id] as string)))
    .map(([id, count]) => ({ id, score: count / (model.places(id, COMMON).length + 10) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, NEIGHBOURS);
  for (const { id } of neighbours) if (!boosts.has(id)) boosts.set(id, BOOST_NEIGHBOUR);

  // Sentences that have the most of the prompt's words; among equals the order of the book, so that it is the same
  // for the same prompt.
  const found = [...openings].map(([start, { words, length }]) => ({ start, words, length }));
  const best = found.filter(({ words }) => words > 1);
  return { boosts, openings: (best.length > 0 ? best : found).sort((a, b) => a.start - b.start) };
}

/** For each telling word of the prompt, newest first, the ids of its forms in the book. */
function keywordsOf(model: NgramModel, prompt: string): number[][] {
  const seen = new Set<string>();
  const found: number[][] = [];
  for (const token of tokenize(prompt).reverse()) {
    const word = wordOf(token);
    if (word.length < 3 || seen.has(word) || SMALL_TALK.has(word)) continue;
    seen.add(word);
    const ids = formsOf(word)
      .map((form) => model.idOf(form))
      .filter((id) => id !== undefined);
    const uses = ids.reduce((sum, id) => sum + model.places(id, COMMON).length, 0);
    // A word that is everywhere still tells something if it is all there is: "whale" in a book on whales.
    if (ids.length > 0 && uses > 0) found.push(ids);
    if (found.length === KEYWORDS) break;
  }
  return found;
}

function formsOf(word: string): string[] {
  const stems = new Set([word, `${word}s`, word.replace(/(?:'s|s)$/, "")]);
  const forms: string[] = [];
  for (const stem of stems) {
    const capital = stem.charAt(0).toUpperCase() + stem.slice(1);
    forms.push(stem, ` ${stem}`, capital, ` ${capital}`);
  }
  return forms;
}
