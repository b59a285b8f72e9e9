import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Row } from "../measure.ts";
import { peersFolder } from "../peers.ts";

/** Bytes of a browser bundle of `code`, minified and gzipped; what it imports is looked up from `folder`. */
async function bundled(code: string, folder: URL): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(folder), loader: "js" },
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
const here = new URL("./", import.meta.url);
const bundle = (
  id: string,
  most: number,
  what: string,
  skein: string,
  peers: Readonly<Record<string, string>> = {},
): Row => ({
  id,
  what,
  unit: "bytes",
  must: [{ most }],
  systems: {
    skein: () => bundled(skein, here),
    ...Object.fromEntries(Object.entries(peers).map(([name, code]) => [name, () => bundled(code, peersFolder)])),
  },
});

export const bundleRows: readonly Row[] = [
  bundle(
    "bundle-loop",
    2_500,
    "the loop, minified and gzipped",
    `export { EventLoop, getEventLoop } from "@skein/loop";`,
  ),
  bundle("bundle-future", 4_500, "and futures", `export { Future } from "@skein/future";`),
  bundle("bundle-coroutine", 8_000, "and tasks, groups, timeouts", hello, {
    effect: `export { runPromise, gen, sleep, forkChild } from "effect/Effect";`,
    effection: `export { run, spawn, sleep, scoped } from "effection";`,
  }),
  bundle(
    "bundle-stream",
    11_000,
    "and streams",
    `${hello} export { from, map, filter, channel } from "@skein/stream";`,
    {
      rxjs: `export { from, map, filter, Subject, lastValueFrom } from "rxjs";`,
    },
  ),
];
