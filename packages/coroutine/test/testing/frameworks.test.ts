/*
 * The same tests under node:test and under jest, each in a process of its own: all that the tools ask of a
 * framework is that it waits for a promise. (vitest runs the other tests here, and those below.)
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "../../src/index.ts";
import { testWith } from "../../src/testing/index.ts";

const TESTS = `
import { Event, Lock, sleep } from "@skein/coroutine";
import { testWith } from "@skein/coroutine/testing";

const it = testWith(test);

it("a day goes by at once", function* (_root, t) {
  yield* sleep(86_400_000);
  if (t.now() !== 86_400_000) throw new Error("it is " + t.now());
});

it.explore("in every order", function* (root) {
  for (const ms of [1, 2]) root.spawn(() => sleep(ms));
});

it.sweepCancel("cancelled everywhere", () => sleep(1));

it("fails, and says why", function* main(root) {
  const lock = new Lock({ name: "db" });
  root.spawn(function* () {
    yield* lock.acquire();
    yield* new Event({ name: "never" }).wait();
  }, { name: "writer" });
  yield* sleep(1);
  yield* lock.acquire();
});
`;

const frameworks: Record<string, { readonly begin: string; readonly run: (path: string) => readonly string[] }> = {
  "node:test": {
    begin: 'import { test } from "node:test";',
    run: (path) => ["--test", "--test-reporter=tap", path],
  },
  jest: {
    begin: "", // it gives `test` itself
    run: (path) => [
      "--experimental-vm-modules",
      createRequire(import.meta.url).resolve("jest/bin/jest"),
      "--ci",
      `--rootDir=${path.slice(0, path.lastIndexOf("/"))}`,
      "--runTestsByPath",
      path,
    ],
  },
};

let folder: string;
beforeAll(() => {
  const temp = fileURLToPath(new URL("../../temp", import.meta.url));
  mkdirSync(temp, { recursive: true });
  folder = mkdtempSync(`${temp}/frameworks-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(frameworks))("%s", (name, { begin, run }) => {
  test("passes what passes, and shows who waits for whom where it does not", () => {
    const path = `${folder}/${name.replace(":", "-")}.test.mjs`;
    writeFileSync(path, `${begin}\n${TESTS}`);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, run(path), { encoding: "utf8", env });
    const said = `${stdout}${stderr}`;
    expect(status).toBe(1);
    expect(said).toMatch(/# pass 3\n|Tests: +1 failed, 3 passed/);
    expect(said).toContain('"main" waits for lock "db" (held by "writer")');
    expect(said).toContain("SKEIN_SEED=1 replays it");
  });
});

describe("vitest", () => {
  const it = testWith(test);
  let explored = 0;

  it("takes a body", function* (_root, t) {
    yield* sleep(86_400_000);
    expect(t.now()).toBe(86_400_000);
  });

  it.explore(
    "takes one that is explored",
    function* (root) {
      explored++;
      for (const ms of [1, 2]) root.spawn(() => sleep(ms));
    },
    { seeds: 7 },
  );

  it.sweepCancel("takes one that is cancelled everywhere", () => sleep(1));

  test("and has run it in every order that was asked for", () => expect(explored).toBe(7));
});
