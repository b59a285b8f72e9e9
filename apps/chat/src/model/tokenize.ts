/** The blank line between two paragraphs is a token of its own. */
export const PARAGRAPH = "\n\n";

/**
 * Cuts a text into tokens that give it back when joined: a word or a mark with the space before it, or a paragraph
 * break. Runs of blanks count as one space, single line ends too.
 *
 * @example tokenize("Call me Ishmael.") // ["Call", " me", " Ishmael", "."]
 */
export function tokenize(text: string): string[] {
  const tidy = text.replace(/[^\S\n]*\n[^\S\n]*\n\s*/g, PARAGRAPH).replace(/(?:[^\S\n]|(?<!\n)\n(?!\n))+/g, " ");
  return tidy.match(/\n\n| ?[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*| ?[^\p{L}\p{N}\s]| /gu) ?? [];
}

/** The word in a token, in lower case, without its space: what two tokens have in common. */
export function wordOf(token: string): string {
  return token.trim().toLowerCase();
}
