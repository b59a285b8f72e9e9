import { keeps, systemOf } from "./floors.ts";
import type { Measured, Row } from "./measure.ts";

/** One row for people: each system's median, and Skein's ratio to it. */
export function format(row: Row, measured: Measured): string {
  const { skein } = measured.systems;
  const lines = [`${row.id.padEnd(22)} ${row.what}`];
  for (const [name, figures] of Object.entries(measured.systems)) {
    const ratio =
      skein === undefined || name === "skein" ? "" : `skein is ${fixed(skein.median / figures.median, 2)} ×`;
    const verdicts = (row.must ?? [])
      .filter((floor) => systemOf(floor) === name)
      .map((floor) => {
        const limit = "most" in floor ? `${floor.most} ${row.unit}` : floor.max;
        return `must ≤ ${limit} ${keeps(floor, measured) ? "✓" : "✗"}`;
      });
    const spread = `${short(figures.min)}–${short(figures.max)}`;
    lines.push(
      `  ${name.padEnd(14)} ${short(figures.median).padStart(9)} ${row.unit.padEnd(6)} ${spread.padEnd(20)} ${ratio.padEnd(18)} ${verdicts.join(", ")}`.trimEnd(),
    );
  }
  return lines.join("\n");
}

function short(figure: number): string {
  return fixed(figure, figure >= 100 ? 0 : 1);
}

/** `toFixed`, without the sign of a zero: heaps that shrink by a hair have nothing to say. */
function fixed(figure: number, digits: number): string {
  return (Number(figure.toFixed(digits)) + 0).toFixed(digits);
}
