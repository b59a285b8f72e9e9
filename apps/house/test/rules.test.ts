import { describe, expect, test } from "vitest";
import { layers } from "../src/layers.ts";
import { everyTestRuns } from "../src/rules/every-test-runs.ts";
import { exportsHaveExamples } from "../src/rules/exports-have-examples.ts";
import { fileLength } from "../src/rules/file-length.ts";
import { linksLeadSomewhere } from "../src/rules/links-lead-somewhere.ts";
import { noTestSleeps } from "../src/rules/no-test-sleeps.ts";
import { onlyReExports } from "../src/rules/only-re-exports.ts";
import { packageParts } from "../src/rules/package-parts.ts";
import { plantedIn, type Rule, root, treeAt } from "../src/tree.ts";
import { soundTree } from "./sound-tree.ts";

const rules: Readonly<Record<string, Rule>> = {
  everyTestRuns,
  exportsHaveExamples,
  fileLength,
  linksLeadSomewhere,
  noTestSleeps,
  onlyReExports,
  packageParts,
};
const project = treeAt(root);
const lines = (count: number) => "// a line\n".repeat(count);
const breaches = (rule: Rule, files: Readonly<Record<string, string | undefined>>) => rule(plantedIn(soundTree, files));

describe.each(Object.entries(rules))("%s", (_, rule) => {
  test("is kept by the project", () => expect(rule(project)).toEqual([]));
  test("is kept by a tree in which nothing was planted", () => expect(rule(soundTree)).toEqual([]));
});

describe("fileLength", () => {
  test.each([
    ["packages/loop/src/planted.ts", 300],
    ["apps/chat/page/planted.ts", 300],
    ["packages/loop/src/scheduler.ts", 90],
    ["packages/loop/README.md", 150],
    ["README.md", 150],
  ])("lets %s have %d lines and no more", (path, limit) => {
    expect(breaches(fileLength, { [path]: lines(limit) })).toEqual([]);
    expect(breaches(fileLength, { [path]: lines(limit + 1) })).toEqual([
      `${path}: ${limit + 1} lines, at most ${limit}; split it by concept`,
    ]);
  });
});

describe("exportsHaveExamples", () => {
  const path = "packages/loop/src/planted.ts";
  const report = { "packages/loop/etc/loop-testing.api.md": "export function planted(): void;\n" };
  const example = "/**\n * Says.\n *\n * @example\n * ```ts\n * planted();\n * ```\n */\n";

  test.each([
    ["without a docstring", ""],
    ["without an example", "/** Says. */\n"],
    ["with an example that is no program", "/** Says. @example planted() */\n"],
    ["after something else with an example", `${example}export const other = 1;\n`],
  ])("finds a function %s", (_, before) => {
    expect(breaches(exportsHaveExamples, { ...report, [path]: `${before}export function planted(): void {}` })).toEqual(
      [`${path}: \`planted\` has no example; show in its docstring, in a ts fence, a program that uses it`],
    );
  });

  test.each(["function", "async function", "function*", "class", "abstract class"])("lets a %s with one be", (kind) => {
    const files = {
      "packages/loop/etc/loop.api.md": `export ${kind} planted<T>\nexport const other: number;\n`,
      [path]: `${example}export ${kind} planted {}\n/** Counts. */\nexport const other = 1;`,
    };
    expect(breaches(exportsHaveExamples, files)).toEqual([]);
  });

  test.each(layers)("finds an export of $name that is declared under no such name", ({ name }) => {
    const files = { [`packages/${name}/etc/${name}-testing.api.md`]: "export class planted\n" };
    expect(breaches(exportsHaveExamples, files)).toEqual([
      expect.stringContaining(`packages/${name}: \`planted\` has no`),
    ]);
  });
});

describe("onlyReExports", () => {
  const path = "packages/stream/src/testing/index.ts";

  test.each(["export const one = 1;", 'import "./a.ts";', "export { one };", "export default 1;"])(
    "finds %s",
    (code) => {
      expect(breaches(onlyReExports, { [path]: `export * from "./a.ts";\n${code}` })).toEqual([
        `${path}:2: an index only re-exports; move this into a file named after it`,
      ]);
    },
  );

  test("lets re-exports of every form be", () => {
    const text = 'export * from "./a.ts";\nexport * as b from "./b.ts";\nexport { type C, d } from "./c.ts";';
    expect(breaches(onlyReExports, { [path]: text })).toEqual([]);
  });
});

describe("packageParts", () => {
  test("finds a package without README, contract or API report", () => {
    const gone = ["packages/loop/README.md", "packages/loop/src/scheduler.ts", "packages/loop/etc/loop.api.md"];
    expect(breaches(packageParts, Object.fromEntries(gone.map((path) => [path, undefined])))).toEqual([
      "packages/loop/README.md: is missing; every package has one",
      "packages/loop/src/scheduler.ts: is missing; every package has one",
      "packages/loop/etc/loop.api.md: is missing; write it with `pnpm run api:update`",
    ]);
  });

  test("finds a side entry without API report", () => {
    const exports = { ".": {}, "./testing": {} };
    expect(breaches(packageParts, { "packages/loop/package.json": JSON.stringify({ exports }) })).toEqual([
      "packages/loop/etc/loop-testing.api.md: is missing; write it with `pnpm run api:update`",
    ]);
  });

  test("finds a runtime dependency on the wrong layer, and one from outside the family", () => {
    const path = "packages/stream/package.json";
    const dependencies = { "@skein/coroutine": "workspace:^", "@skein/loop": "workspace:^", rxjs: "7.0.0" };
    expect(breaches(packageParts, { [path]: JSON.stringify({ exports: { ".": {} }, dependencies }) })).toEqual([
      `${path}: depends on @skein/loop; at run time only @skein/coroutine is allowed`,
      `${path}: depends on rxjs; at run time only @skein/coroutine is allowed`,
    ]);
  });

  test("finds a dependency of the lowest layer", () => {
    const path = "packages/loop/package.json";
    const manifest = { exports: { ".": {} }, dependencies: { "@skein/future": "workspace:^" } };
    expect(breaches(packageParts, { [path]: JSON.stringify(manifest) })).toEqual([
      `${path}: depends on @skein/future; at run time nothing is allowed`,
    ]);
  });

  test("finds a package that has no place in the layers", () => {
    expect(breaches(packageParts, { "packages/planted/package.json": "{}" })).toEqual([
      "packages/planted: has no place in apps/house/src/layers.ts and .dependency-cruiser.cjs; give it one",
    ]);
  });
});

describe("linksLeadSomewhere", () => {
  const path = "packages/loop/README.md";

  test.each(["gone.md", "../../gone/README.md", "src/gone.ts#L1"])("finds a link to %s", (target) => {
    expect(breaches(linksLeadSomewhere, { [path]: `Read [this](${target}).` })).toEqual([
      `${path}: links to ${target.replace("#L1", "")}, which is not there; mend the link`,
    ]);
  });

  test.each(["src/scheduler.ts", "./src/", "../future/README.md#usage", "#here", "https://example.org/gone"])(
    "lets a link to %s be",
    (target) => {
      expect(breaches(linksLeadSomewhere, { [path]: `Read [this](${target}).` })).toEqual([]);
    },
  );
});

describe("everyTestRuns", () => {
  // Put together here, so that this file does not break the rule itself.
  test.each(["only", "skip", "todo", "fails"])("finds a test with .%s", (word) => {
    const path = "packages/loop/test/planted.test.ts";
    const text = `test("fine", () => {});\ntest.${word}("not fine");\ndescribe.each([1]).${word}("nor this");`;
    expect(breaches(everyTestRuns, { [path]: text })).toEqual([
      `${path}:2: a test with .${word}; run it as it is, or delete it`,
      `${path}:3: a test with .${word}; run it as it is, or delete it`,
    ]);
  });
});

describe("noTestSleeps", () => {
  const path = "packages/stream/test/support/planted.ts";

  // Put together here, so that this file does not break the rule itself.
  test.each([
    ["setTimeout", "(resolve, 10)"],
    ["setInterval", "(() => {}, 10)"],
    ["page.waitForTimeout", "(10)"],
    ["vi.waitFor", "(() => done)"],
    ["await expect.poll", "(() => done)"],
    ['import { setTimeout as sleep } from "', 'node:timers/promises";'],
  ])("finds %s", (name, rest) => {
    expect(breaches(noTestSleeps, { [path]: `// fine\n${name}${rest}` })).toEqual([
      expect.stringMatching(
        /^packages\/stream\/test\/support\/planted\.ts:2: `.+` waits for real time; wait for the event/,
      ),
    ]);
  });

  test("lets turns of the host, names of timers and other files be", () => {
    const text =
      'import { setImmediate } from "node:timers/promises";\nawait setImmediate();\nconst real = { setTimeout };';
    expect(breaches(noTestSleeps, { [path]: text, "packages/loop/src/host.ts": `set${"Timeout"}(wake, 1)` })).toEqual(
      [],
    );
  });
});
