/** How many tasks a row has. Rows of one kind do the same at three sizes, to show what grows. */
export interface Size {
  /** What the row's id ends with. */
  readonly suffix: string;
  readonly count: number;
  /** How often a round does it, so that it is long enough to be measured. */
  readonly repeats: number;
  /** The largest, of which the design speaks. */
  readonly largest: boolean;
}

/** Three sizes, each ten times the one before. */
export const sizes = (largest: number, suffixes: readonly [string, string, string]): readonly Size[] =>
  suffixes.map((suffix, i) => ({
    suffix,
    count: largest / 10 ** (2 - i),
    repeats: [20, 5, 1][i] as number,
    largest: i === 2,
  }));

/** For a row's text. */
export const shown = (count: number): string => count.toLocaleString("en");
