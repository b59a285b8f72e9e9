import { expect, test } from "vitest";
import { PlantedCopy } from "./planted-copy.ts";

/** Each file breaks the rules it names, and nothing else in the tree breaks any. */
const breaches: readonly { what: string; file: string; text: string; rules: readonly string[]; says: string }[] = [
  {
    what: "an import of what no package.json declares",
    file: "packages/loop/src/planted-undeclared.ts",
    text: 'import "left-pad";',
    rules: ["no-undeclared-import"],
    says: "declare it there, or do without",
  },
  {
    what: "an import that resolves only because the root has it",
    file: "packages/loop/src/planted-hoisted.ts",
    text: 'import "knip";',
    rules: ["no-hoisted-import"],
    says: "declare it in the importer's package.json",
  },
  {
    what: "a deep import of a source file",
    file: "packages/future/src/planted-deep-src.ts",
    text: 'import "@skein/loop/src/scheduler.ts";',
    rules: ["no-deep-import"],
    says: "Only the entries in a package's `exports` are public",
  },
  {
    what: "a deep import of a built file",
    file: "packages/future/src/planted-deep-dist.ts",
    text: 'import "@skein/loop/dist/index.js";',
    rules: ["no-deep-import"],
    says: "Only the entries in a package's `exports` are public",
  },
  {
    what: "an upward import",
    file: "packages/loop/src/planted-upward.ts",
    text: 'import "@skein/future";',
    rules: ["no-undeclared-import", "no-upward-import-in-loop"],
    says: "cannot import a layer above it",
  },
  {
    what: "an upward import of types alone",
    file: "packages/future/src/planted-upward-type.ts",
    text: 'export type { Task } from "@skein/coroutine";',
    rules: ["no-undeclared-import", "no-upward-import-in-future"],
    says: "cannot import a layer above it",
  },
  {
    what: "a layer skipped: coroutine on loop",
    file: "packages/coroutine/src/planted-skip.ts",
    text: 'export type { Scheduler } from "@skein/loop";',
    rules: ["no-skipped-layer-in-coroutine", "no-undeclared-import"],
    says: "@skein/coroutine imports @skein/future only",
  },
  {
    what: "a layer skipped: stream on loop",
    file: "packages/stream/src/planted-skip.ts",
    text: 'import "@skein/loop";',
    rules: ["no-skipped-layer-in-stream", "no-undeclared-import"],
    says: "@skein/stream imports @skein/coroutine only",
  },
  {
    what: "a layer skipped by a relative path",
    file: "packages/stream/src/planted-skip-relative.ts",
    text: 'import "../../future/src/index.ts";',
    rules: ["no-skipped-layer-in-stream", "no-way-out-of-the-package"],
    says: "@skein/stream imports @skein/coroutine only",
  },
  {
    what: "a relative import that leaves its package",
    file: "packages/future/src/planted-way-out.ts",
    text: 'import "../../loop/src/index.ts";',
    rules: ["no-way-out-of-the-package"],
    says: "A relative import stays in its package",
  },
  {
    what: "a Node module in a main entry",
    file: "packages/loop/src/planted-node.ts",
    text: 'import "node:fs";',
    rules: ["no-node-in-a-main-entry"],
    says: "Node modules are for `src/node/`",
  },
  {
    what: "a Node module without its prefix",
    file: "packages/loop/src/planted-bare-node.ts",
    text: 'import "fs";',
    rules: ["no-node-in-a-main-entry"],
    says: "Node modules are for `src/node/`",
  },
  {
    what: "a devDependency in what ships",
    file: "packages/loop/src/planted-dev.ts",
    text: 'import "fast-check";',
    rules: ["no-dev-dependency-in-src"],
    says: "What ships imports no devDependency",
  },
  {
    what: "a testing aid in a main entry",
    file: "packages/loop/src/planted-testing.ts",
    text: 'import "./testing/index.ts";',
    rules: ["no-side-entry-in-a-main-entry"],
    says: "The main entry pays nothing for `/testing`",
  },
  {
    what: "a cycle",
    file: "packages/loop/src/planted-cycle.ts",
    text: 'import { other } from "./planted-other-half.ts";\nexport const one = (): unknown => other;',
    rules: ["no-cycle"],
    says: "Two files that need each other are one concept",
  },
];

/** Files that break nothing: a rule that fires on one of these is too strict. */
const fine = {
  "packages/loop/src/planted-other-half.ts":
    'import { one } from "./planted-cycle.ts";\nexport const other = (): unknown => one;',
  "packages/loop/src/node/planted.ts": 'import "node:fs";\nimport "../index.ts";',
  "packages/loop/src/testing/planted.ts": 'import "../index.ts";',
  "packages/stream/src/planted-fine.ts": 'import "@skein/coroutine";\nimport "@skein/coroutine/testing";',
};

interface Report {
  readonly summary: { readonly violations: readonly { from: string; rule: { name: string } }[] };
}

/** One copy holds every breach; it is judged once for the tests to read, and once for people. */
const judge = () => {
  const copy = new PlantedCopy({ ...fine, ...Object.fromEntries(breaches.map(({ file, text }) => [file, text])) });
  try {
    const cruise = (as: string) =>
      copy.run("depcruise", "packages", "--config", ".dependency-cruiser.cjs", "--output-type", as);
    const found = new Map<string, Set<string>>();
    for (const { from, rule } of (JSON.parse(cruise("json").output) as Report).summary.violations) {
      found.set(from, (found.get(from) ?? new Set()).add(rule.name));
    }
    const forPeople = cruise("err-long");
    return { found, status: forPeople.status, text: forPeople.output.replace(/\s+/g, " ") };
  } finally {
    copy.remove();
  }
};
const { found, status, text } = judge();

test.each(breaches)("the imports check finds $what", ({ file, rules, says }) => {
  expect([...(found.get(file) ?? [])].sort()).toEqual(rules);
  expect(text).toContain(says);
});

test("the imports check fails, and finds nothing but what was planted", () => {
  expect(status).not.toBe(0);
  const guilty = new Set(breaches.map(({ file }) => file));
  guilty.add("packages/loop/src/planted-other-half.ts"); // the other half of the cycle
  expect([...found.keys()].filter((file) => !guilty.has(file))).toEqual([]);
});
