import type { NgramModel } from "./ngram.ts";
import { PARAGRAPH, wordOf } from "./tokenize.ts";

const ENDS: ReadonlySet<string> = new Set([".", "!", "?"]);
/** A full stop after one of these ends no sentence. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(["mr", "mrs", "dr", "st", "capt", "viz", "etc", "no"]);
/** A sentence longer than this is not searched to its start. */
const SEARCH_LIMIT = 80;

/** Whether a sentence is over with `token`, which stood after `before`. */
export function endsSentence(token: string, before: string | undefined): boolean {
  return ENDS.has(token) && !ABBREVIATIONS.has(wordOf(before ?? ""));
}

/** Where the sentence around a place in the book begins, or undefined if that is too far back to tell. */
export function sentenceStart(model: NgramModel, place: number): number | undefined {
  for (let at = place; at > 0 && place - at < SEARCH_LIMIT; at--) {
    const before = textAt(model, at - 1);
    if (
      before === PARAGRAPH ||
      (endsSentence(before, at > 1 ? textAt(model, at - 2) : undefined) && isCapital(textAt(model, at)))
    ) {
      return at;
    }
  }
  return undefined;
}

/** The token at a place in the book. */
export function textAt(model: NgramModel, place: number): string {
  return model.vocabulary[model.book[place] as number] as string;
}

function isCapital(token: string): boolean {
  return /^ ?\p{Lu}/u.test(token);
}
