import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installPeers } from "../src/install-peers.ts";

let folder = "";
let log: string[] = [];
const lock = (text: string): void => writeFileSync(join(folder, "package-lock.json"), text);
/** An npm that makes the folder anew, as `npm ci` does. */
const npm =
  (works: boolean) =>
  (where: string): boolean => {
    log.push("npm");
    rmSync(join(where, "node_modules"), { recursive: true, force: true });
    mkdirSync(join(where, "node_modules"));
    return works;
  };
const installed = (works = true): void => installPeers({ folder, install: npm(works), log: (line) => log.push(line) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "skein peers "));
  log = [];
  lock("first");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the peers are installed on the first run, which says so, and on no other", () => {
  installed();
  expect(log).toEqual([expect.stringContaining("Installing the peers"), "npm"]);
  installed();
  expect(log).toHaveLength(2);
});

test("the peers are installed anew once their lockfile has changed", () => {
  installed();
  lock("second");
  installed();
  expect(log.filter((line) => line === "npm")).toHaveLength(2);
});

test("a failed installation says what to do, and the next run tries again", () => {
  expect(() => installed(false)).toThrow(/Cannot install the peers: .*online.*--no-peers/);
  installed();
  expect(log.filter((line) => line === "npm")).toHaveLength(2);
  lock("second");
  expect(() => installed(false)).toThrow("Cannot install the peers");
  expect(existsSync(join(folder, "node_modules", ".installed-lock.json"))).toBe(false);
});
