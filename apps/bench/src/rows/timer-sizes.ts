import type { Round, Row } from "../measure.ts";

/** How many timers a row sets. Rows of one kind do the same at three sizes, to show what grows. */
export interface Size {
  /** What the row's id ends with. */
  readonly suffix: string;
  readonly count: number;
  /** How often a round does it, so that it is long enough to be measured. */
  readonly repeats: number;
  /** The design asks it of a million timers. */
  readonly floor: Pick<Row, "must">;
}

export const thousand: Size = { suffix: "-1k", count: 1_000, repeats: 20, floor: {} };
export const hundredThousand: Size = { suffix: "-100k", count: 100_000, repeats: 1, floor: {} };
export const million: Size = {
  suffix: "",
  count: 1_000_000,
  repeats: 1,
  floor: { must: [{ peer: "native", max: 1 }] },
};

/** The mean of a size's repeats. */
export const repeated =
  ({ repeats }: Pick<Size, "repeats">, round: Round): Round =>
  async () => {
    let sum = 0;
    for (let i = 0; i < repeats; i++) sum += await round();
    return sum / repeats;
  };

/** For a row's text. */
export const shown = (count: number): string => count.toLocaleString("en");

/** A delay that no round waits for. */
export const farMs = (i: number): number => 1000 + (i % 1000);
/** A delay that a round waits for: 1 to 10 ms. */
export const soonMs = (i: number): number => 1 + (i % 10);
export const nothing = (): void => {};
