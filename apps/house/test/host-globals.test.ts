import { expect, test } from "vitest";
import { PlantedCopy } from "./planted-copy.ts";

const hostGlobals = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "queueMicrotask",
  "MessageChannel",
  "performance",
  "Date",
  "requestAnimationFrame",
  "reportError",
  "console",
  "process",
  "Buffer",
  "globalThis",
  "window",
  "self",
  "document",
];

const using = (name: string) => `export const use = (): unknown => ${name};`;
const places = [...hostGlobals.map((name) => ({ name, file: `packages/stream/src/planted-${name}.ts` }))];

/** Where each of these may be used, or where the same word means something else. */
const fine = {
  "packages/loop/src/host.ts": using("[setTimeout, performance, globalThis.reportError]"),
  "packages/stream/src/node/planted.ts": using("process.stdout"),
  "packages/stream/src/planted-own-word.ts":
    "export const use = (performance: { process: number }): number => performance.process;",
};

const judge = () => {
  const copy = new PlantedCopy({ ...fine, ...Object.fromEntries(places.map(({ name, file }) => [file, using(name)])) });
  try {
    return copy.run(
      "biome",
      "lint",
      "--only=style/noRestrictedGlobals",
      "--max-diagnostics=none",
      "--colors=off",
      "packages",
    );
  } finally {
    copy.remove();
  }
};
const { status, output } = judge();
const found = [...output.matchAll(/^(\S+\.ts):\d+:\d+ lint\/style\/noRestrictedGlobals/gm)].map((match) => match[1]);

test.each(places)("the linter finds $name outside the loop's host.ts", ({ file }) => {
  expect(found).toContain(file);
});

test("the linter fails, says where the host is touched, and finds nothing but what was planted", () => {
  expect(status).not.toBe(0);
  expect(output).toContain("only packages/loop/src/host.ts touches the host");
  expect([...found].sort()).toEqual(places.map(({ file }) => file).sort());
});
