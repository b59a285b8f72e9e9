import type { Measured, Row } from "./measure.ts";

/** One row for people: each system's median, and Skein's ratio to it. */
export function format(row: Row, measured: Measured): string {
  const { skein } = measured.systems;
  const lines = [`${row.id.padEnd(22)} ${row.what}`];
  for (const [name, figures] of Object.entries(measured.systems)) {
    const ratio =
      skein === undefined || name === "skein" ? "" : `skein is ${(skein.median / figures.median).toFixed(2)} ×`;
    const must = row.must?.find((m) => m.peer === name);
    const verdict =
      must === undefined || skein === undefined
        ? ""
        : `must ≤ ${must.max} ${skein.median / figures.median <= must.max ? "✓" : "✗"}`;
    const spread = `${short(figures.min)}–${short(figures.max)}`;
    lines.push(
      `  ${name.padEnd(14)} ${short(figures.median).padStart(9)} ${row.unit.padEnd(6)} ${spread.padEnd(20)} ${ratio.padEnd(18)} ${verdict}`.trimEnd(),
    );
  }
  return lines.join("\n");
}

function short(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toFixed(1);
}
