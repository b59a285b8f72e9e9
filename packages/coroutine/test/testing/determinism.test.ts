/*
 * The same seed gives the same log, to the byte, on every version of Node: what is expected stands here, and
 * `pnpm run test:matrix` runs this file on each of them. A change of what a log says changes all of these.
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import {
  exponentialBackoff,
  Lock,
  moveOnAfter,
  type Operation,
  retry,
  Semaphore,
  sleep,
  type TaskGroup,
  until,
  use,
} from "../../src/index.ts";
import { type Order, runTest, type TestControl } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

/** Something of everything that a seed decides: orders, draws, and times that come from draws. */
function* program(root: TaskGroup, t: TestControl): Operation<void> {
  const [lock, pages] = [new Lock({ name: "db" }), new Semaphore(2, { name: "pages" })];
  let calls = 0;
  for (const name of ["a", "b", "c", "d"]) {
    root.spawn(
      function* () {
        yield* use(pages);
        yield* sleep(Math.random() * 10);
        yield* use(lock);
        t.say(`drew ${t.random()}`);
        yield* until(() => Promise.resolve(name));
      },
      { name },
    );
  }
  const flaky = function* (): Operation<void> {
    yield* sleep(5);
    if (++calls < 4) throw new Error(`call ${calls}`);
  };
  yield* retry(flaky, { attempts: 5, backoff: exponentialBackoff({ firstMs: 10 }) });
  yield* moveOnAfter(t.random() * 100, () => sleep(50));
  const late = root.spawn(() => sleep(1_000), { name: "late", onError: "owner" });
  yield* sleep(Math.random());
  late.cancel("enough");
  throw new Error("the end");
}

const logOf = async (order: Order, seed: number): Promise<string> =>
  (await rejection(runTest(program, { order, seed }))).log.join("\n");

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

const EXPECTED: Record<Order, readonly string[]> = {
  fifo: "3bcbcdfc3440 725f27393ace 5569a2a1a5df 53d8c361556c faf1107c9950 7b40c2e8fd25 14dd18a830a4 df709c0a6eef 2517313e743a af83710b3202".split(
    " ",
  ),
  random:
    "3bcbcdfc3440 d018808c9e5f 0483edbb0fc6 c14867b6674a 05e568bc5906 183f72810ea5 8b2eea8dba53 a44a50eb3c43 31d6f382f586 95201cb3f25a".split(
      " ",
    ),
  pct: "3bcbcdfc3440 3b24353a54d7 b74da317ff9d 4be8a930c28c 890829942e8e 8fa52d74b917 a8166910a98e daf9091e4e96 2517313e743a 52d1e3bfcf95".split(
    " ",
  ),
};

test.each(["fifo", "random", "pct"] as const)(
  "LOOP-042 seeds 0 to 9 in %s order give the logs that stand here",
  async (order) => {
    const hashes: string[] = [];
    for (let seed = 0; seed < 10; seed++) hashes.push(hashOf(await logOf(order, seed)));
    expect(hashes).toEqual(EXPECTED[order]);
  },
);

test("and twice the same", async () => {
  for (const seed of [1, 7]) expect(await logOf("random", seed)).toBe(await logOf("random", seed));
});

test("one of them in full", async () => {
  expect(await logOf("random", 1)).toMatchInlineSnapshot(`
    "0 program: is started
    0 a: is spawned by program
    0 b: is spawned by program
    0 c: is spawned by program
    0 d: is spawned by program
    0 program: waits for sleep(5)
    0 b: waits for sleep(8.089088178239763)
    0 c: waits for sleep(7.851903885602951)
    0 d: waits for semaphore "pages" (0 free)
    0 a: waits for semaphore "pages" (0 free)
    5 program: waits for sleep(9.12069750833325)
    7.851903885602951 c: drew 0.5726766565348953
    7.851903885602951 c: waits for a promise
    7.851903885602951 c: ends
    7.851903885602951 d: waits for sleep(6.268660724163055)
    8.089088178239763 b: drew 0.24451211048290133
    8.089088178239763 b: waits for a promise
    8.089088178239763 b: ends
    8.089088178239763 a: waits for sleep(8.684996662195772)
    14.120564609766006 d: drew 0.07383204461075366
    14.120564609766006 d: waits for a promise
    14.120564609766006 d: ends
    14.12069750833325 program: waits for sleep(5)
    16.774084840435535 a: drew 0.411316737299785
    16.774084840435535 a: waits for a promise
    16.774084840435535 a: ends
    19.12069750833325 program: waits for sleep(13.402487041894346)
    32.5231845502276 program: waits for sleep(5)
    37.5231845502276 program: waits for sleep(36.55612012371421)
    74.0793046739418 program: waits for sleep(5)
    79.0793046739418 program: waits for sleep(50)
    129.0793046739418 late: is spawned by program
    129.0793046739418 program: waits for sleep(0.6348756337538362)
    129.0793046739418 late: waits for sleep(1000)
    129.71418030769564 program: waits for group "program"
    129.71418030769564 late: is told that it was cancelled
    129.71418030769564 late: ends cancelled: "program" failed: the end
    129.71418030769564 program: fails: the end"
  `);
});
