import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { run } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { expect, test } from "vitest";
import { channel, from } from "../src/index.ts";
import { finish, hostTurns } from "./support.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

async function reportsOf(debug: boolean): Promise<string[]> {
  const reports: string[] = [];
  const loop = new VirtualLoop({ debug, onError: (error: unknown) => reports.push((error as Error).message) });
  finish(
    loop,
    run(
      function* () {
        from([1]).toArray();
        from([1]).drain();
        const { sender } = channel<number>(1);
        sender.send(1);
        yield* sender.send(2);
        yield* from([1]).first();
      },
      { loop },
    ),
  );
  for (let round = 0; round < 10; round++) {
    collectGarbage();
    await hostTurns(2);
  }
  return reports.sort();
}

test("STR-31 with debug, a terminal that was made and never used is reported, and one that was used is not", async () => {
  expect(await reportsOf(true)).toEqual([
    'Nothing was done by an operation of task "task-1": it was made and never used; write `yield*` before it.',
    "Nothing was done by drain(): it was made and never used; write `yield*` or `await` before it.",
    "Nothing was done by toArray(): it was made and never used; write `yield*` or `await` before it.",
  ]);
  expect(await reportsOf(false)).toEqual([]);
});
