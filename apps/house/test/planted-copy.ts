import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { root } from "../src/tree.ts";

/** The parts of the project that the tools need to judge imports and globals; tests and settings of tools stay out. */
const parts = [
  "packages",
  ".dependency-cruiser.cjs",
  ".biome.jsonc",
  ".gitignore",
  "package.json",
  "tsconfig.base.json",
];
const leftOut = new Set(["test", "temp", "etc", ".turbo", "coverage", "docs"]);

/** A copy of the packages with files planted in it, in which the project's own tools run as they do at home. */
export class PlantedCopy {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "skein house "));

  constructor(files: Readonly<Record<string, string>>) {
    for (const part of parts) {
      cpSync(join(root, part), join(this.#folder, part), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => !leftOut.has(basename(path)) && !path.endsWith(".config.ts"),
      });
    }
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
      writeFileSync(join(this.#folder, path), `${text}\n`);
    }
  }

  /** Runs a tool of the root's `node_modules/.bin` in the copy. */
  run(tool: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } {
    const bin = join(root, "node_modules", ".bin", tool);
    const { status, stdout, stderr } = spawnSync(bin, args, {
      cwd: this.#folder,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, output: stdout + stderr };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
