import type { Measured, Row } from "./measure.ts";

/** What the design asks of Skein in a row: at most `max` times the peer, or `most` of the row's unit. */
export type Floor = { readonly peer: string; readonly max: number } | { readonly most: number };

/** Which system's line shows the floor: the one that Skein is compared with. */
export const systemOf = (floor: Floor): string => ("peer" in floor ? floor.peer : "skein");

/** True if this run kept the floor; undefined if it did not measure what the floor speaks of. */
export function keeps(floor: Floor, { systems }: Measured): boolean | undefined {
  const skein = systems["skein"]?.median;
  if (skein === undefined) return undefined;
  if ("most" in floor) return skein <= floor.most;
  const peer = systems[floor.peer]?.median;
  return peer === undefined ? undefined : skein / peer <= floor.max;
}

/** The line that ends a run: how many floors it kept, and which rows missed one. */
export function tally(runs: readonly { readonly row: Row; readonly measured: Measured }[]): string {
  const verdicts = runs.flatMap(({ row, measured }) =>
    (row.must ?? []).map((floor) => ({ kept: keeps(floor, measured), where: `${row.id} (${systemOf(floor)})` })),
  );
  const missed = verdicts.filter(({ kept }) => kept === false).map(({ where }) => where);
  const unknown = verdicts.filter(({ kept }) => kept === undefined).length;
  return [
    `floors: ${verdicts.length - missed.length - unknown} kept, ${missed.length} missed`,
    ...(unknown === 0 ? [] : [`, ${unknown} not measured`]),
    ...(missed.length === 0 ? [] : [`: ${missed.join(", ")}`]),
  ].join("");
}
