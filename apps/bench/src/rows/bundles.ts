import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Row } from "../measure.ts";

/** Bytes of a browser bundle of `code`, minified and gzipped. */
async function bundled(code: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: dirname(fileURLToPath(import.meta.url)), loader: "js" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    external: ["node:*"],
  });
  return gzipSync((outputFiles[0] as { contents: Uint8Array }).contents).length;
}

const hello = `export { run, group, sleep } from "@skein/coroutine";`;
const bundle = (id: string, what: string, skein: string, peers: Readonly<Record<string, string>> = {}): Row => ({
  id,
  what,
  unit: "bytes",
  systems: Object.fromEntries(Object.entries({ skein, ...peers }).map(([name, code]) => [name, () => bundled(code)])),
});

export const bundleRows: readonly Row[] = [
  bundle("bundle-loop", "the loop, minified and gzipped", `export { EventLoop, getEventLoop } from "@skein/loop";`),
  bundle("bundle-future", "and futures", `export { Future } from "@skein/future";`),
  bundle("bundle-coroutine", "and tasks, groups, timeouts", hello, {
    effect: `export { runPromise, gen, sleep, forkChild } from "effect/Effect";`,
    effection: `export { run, spawn, sleep, scoped } from "effection";`,
  }),
  bundle("bundle-stream", "and streams", `${hello} export { from, map, filter, channel } from "@skein/stream";`, {
    rxjs: `export { from, map, filter, Subject, lastValueFrom } from "rxjs";`,
  }),
];
