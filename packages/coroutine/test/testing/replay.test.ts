/*
 * A seed that was printed is all that another process needs.
 */
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = `
import { checkpoint, sleep } from "@skein/coroutine";
import { explore } from "@skein/coroutine/testing";

const failure = await explore(function* main(root) {
  let late = 0;
  for (const name of ["a", "b", "c"]) {
    root.spawn(function* () {
      for (let i = 0; i < 3; i++) yield* checkpoint();
      yield* sleep(Math.random() * 10);
      if (name === "a") late = 1;
      else if (name === "c" && late === 0) throw new Error("c was before a");
    }, { name });
  }
}, { seed: 100, seeds: 100 }).catch((error) => error);
const { seed, run, log, switches } = failure;
console.log(JSON.stringify({ seed, run, log, switches, cause: String(failure.cause) }));
`;

test("SKEIN_SEED replays a failure in a fresh process, to the byte", async () => {
  const folder = fileURLToPath(new URL("../../temp", import.meta.url));
  const path = `${folder}/replay.mjs`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, program);
  const play = async (env: Record<string, string>) => {
    const { stdout } = await promisify(execFile)(process.execPath, [path], { env: { ...process.env, ...env } });
    return JSON.parse(stdout) as { readonly seed: number; readonly run: number; readonly log: readonly string[] };
  };
  try {
    const found = await play({});
    expect(found.seed).toBe(100 + found.run);
    expect(await play({ SKEIN_SEED: String(found.seed) })).toEqual({ ...found, run: 0 });
  } finally {
    rmSync(path);
  }
});
