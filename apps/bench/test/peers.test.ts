import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Row } from "../src/measure.ts";
import { needsPeers, peerNames, peersFolder, withoutPeers } from "../src/peers.ts";

const read = (path: string): string => readFileSync(new URL(path, peersFolder), "utf8");
const manifest = JSON.parse(read("package.json")) as { readonly dependencies: Readonly<Record<string, string>> };

describe("the peers", () => {
  test("are pinned exactly, and each has its module", () => {
    expect(Object.keys(manifest.dependencies)).toEqual(peerNames);
    for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const name of peerNames) expect(existsSync(new URL(`${name}.js`, peersFolder)), name).toBe(true);
  });

  test("have a lockfile that agrees with the manifest, and names no registry", () => {
    const { packages } = JSON.parse(read("package-lock.json"));
    expect(packages[""].dependencies).toEqual(manifest.dependencies);
    for (const [path, entry] of Object.entries<object>(packages).slice(1)) {
      expect(entry, path).toHaveProperty("integrity");
      expect(entry, path).not.toHaveProperty("resolved");
    }
  });

  test("are no part of what the workspace installs", () => {
    const workspace = read("../../../pnpm-lock.yaml");
    for (const name of peerNames) expect(workspace).not.toMatch(new RegExp(`^ +${name}(@[^:]*)?:$`, "m"));
  });
});

describe("a row with peers", () => {
  const row: Row = {
    id: "row",
    what: "a thing",
    unit: "ns",
    systems: { skein: () => 1, native: () => 2, effect: () => 3, rxjs: () => 4 },
  };

  test("needs them installed, and can be measured without them", () => {
    expect(needsPeers(row)).toBe(true);
    const alone = withoutPeers(row);
    expect(needsPeers(alone)).toBe(false);
    expect(alone).toEqual({ ...row, systems: { skein: row.systems["skein"], native: row.systems["native"] } });
  });
});
