import { VirtualLoop } from "@skein/future/testing";
import { describe, expect, test } from "vitest";

/* The built package, through its public entries: what users get. */
const entry: string = "@skein/coroutine"; // by a variable: the types are the source's, which need no build
const built = (await import(/* @vite-ignore */ entry)) as typeof import("../src/index.ts");

describe("the built package", () => {
  test("exports what the source does, and nothing else", async () => {
    const source = await import("../src/index.ts");
    expect(Object.keys(built).sort()).toEqual(Object.keys(source).sort());
  });

  test("has the names that other code is written against", () => {
    const fixed =
      "run group scope moveOnAfter failAfter shield sleep checkpoint currentTask currentScope effectiveDeadline detach until call " +
      "all race any settled mapAll use ensure Task GroupError coroutine receiver CancelledError TimeoutError isCancelled";
    expect(fixed.split(" ").filter((name) => !(name in built))).toEqual([]);
  });

  test("works: a program with a group, a cancellation and a coroutine", () => {
    const { coroutine, group, run, sleep } = built;
    const loop = new VirtualLoop();
    const log: string[] = [];
    const counter = coroutine(function* (): Generator<number, void, number> {
      let sum = 0;
      for (;;) sum += yield sum;
    })();
    counter.tryNext();
    const task = run(
      function* (root) {
        const child = root.spawn(function* child() {
          try {
            yield* sleep(1000);
          } finally {
            yield* sleep(5);
            log.push(`cleaned up at ${loop.now()}`);
          }
        });
        yield* group(function* (g) {
          for (const n of [1, 2])
            g.spawn(function* () {
              counter.trySend(n);
            });
        });
        yield* sleep(10);
        child.cancel("enough");
        return counter.trySend(10).value;
      },
      { loop },
    );
    loop.advance(15);
    expect([task.result(), ...log]).toEqual([13, "cleaned up at 15"]);
  });
});
