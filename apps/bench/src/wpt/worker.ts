/** One test file in a thread of its own: what `testharness.js` needs to run outside a browser, and nothing more. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { type BridgeName, bridges } from "./bridges.ts";

/** What the thread is given, and what it answers. */
export interface Job {
  readonly wpt: string;
  readonly file: string;
  readonly bridge: BridgeName;
  /** How long a promise test may take. */
  readonly limitMs: number;
}
export interface Subtest {
  readonly name: string;
  readonly passed: boolean;
  readonly message: string | null;
}
export interface FileResult {
  readonly subtests: readonly Subtest[];
  /** Errors that reached nobody. */
  readonly uncaught: readonly string[];
}

interface Harness {
  add_completion_callback(
    callback: (tests: readonly { name: string; status: number; message: string | null }[]) => void,
  ): void;
  timeout(): void;
  promise_test(body: (test: unknown) => unknown, ...rest: unknown[]): unknown;
}

const { wpt, file, bridge, limitMs } = workerData as Job;
const path = join(wpt, file);
const aliases: Readonly<Record<string, string>> = { "/resources/WebIDLParser.js": "/resources/webidl2/lib/webidl2.js" };
const resolve = (name: string): string => script(aliases[name] ?? name);
const script = (name: string): string => (name.startsWith("/") ? join(wpt, name) : join(dirname(path), name));
const load = (filename: string): unknown => runInThisContext(readFileSync(filename, "utf8"), { filename });

const uncaught: string[] = [];
process.on("uncaughtException", (error) => uncaught.push(String(error)));
process.on("unhandledRejection", (error) => uncaught.push(String(error)));

const fetch = async (url: string) => ({ ok: true, text: async () => readFileSync(resolve(url), "utf8") });
const GLOBAL = { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false };
Object.assign(globalThis, { self: globalThis, GLOBAL, fetch });
bridges[bridge]();

load(join(wpt, "resources/testharness.js"));
const harness = globalThis as unknown as Harness;
// A promise test that never ends would keep all later ones from running.
const { promise_test } = harness;
harness.promise_test = (body, ...rest) =>
  promise_test((test) => Promise.race([body.call(test, test), late(limitMs)]), ...rest);
const late = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(reject, ms, new Error("it does not end")).unref());
const timer = setTimeout(() => harness.timeout(), 60_000);
harness.add_completion_callback((tests) => {
  clearTimeout(timer);
  const subtests = tests.map(({ name, status, message }): Subtest => ({ name, passed: status === 0, message }));
  parentPort?.postMessage({ subtests, uncaught } satisfies FileResult);
});

for (const [, name] of readFileSync(path, "utf8").matchAll(/^\/\/ META: script=(.+)$/gm)) load(resolve(name as string));
load(path);
