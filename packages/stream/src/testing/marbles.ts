/** What a timeline means in the place of the failure, if nothing else is said. */
export const TIMELINE_FAILURE: Error = new Error("# in a timeline");

/** What happens in one frame: items by their letters, and maybe the end or the failure. */
export interface Frame {
  readonly at: number;
  readonly marks: string;
}

/** @throws {RangeError} If `marbles` is no timeline. */
export function parseMarbles(marbles: string): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  for (const [token] of marbles.matchAll(/\([^()]*\)|\S/gu)) {
    const marks = token.replace(/[()\s]/gu, "");
    const before = frames.at(-1)?.marks ?? "";
    if (token === "(" || token === ")" || marks.slice(0, -1).match(/[|#]/u) || (marks.includes("-") && marks !== "-"))
      throw new RangeError(`Cannot read the timeline "${marbles}" at "${token}": see timeline() for what it may say.`);
    if (/[|#]/u.test(before)) throw new RangeError(`Cannot read the timeline "${marbles}": something follows its end.`);
    if (marks !== "-" && marks !== "") frames.push({ at, marks });
    at++;
  }
  return frames;
}

/** The other way: what happened in which frame, in order. */
export function printMarbles(events: readonly { readonly at: number; readonly mark: string }[]): string {
  let text = "";
  let next = 0;
  for (let index = 0; index < events.length; ) {
    const { at } = events[index] as { at: number };
    let marks = "";
    while (index < events.length && events[index]?.at === at) marks += events[index++]?.mark;
    text += "-".repeat(at - next) + ([...marks].length > 1 ? `(${marks})` : marks);
    next = at + 1;
  }
  return text;
}
