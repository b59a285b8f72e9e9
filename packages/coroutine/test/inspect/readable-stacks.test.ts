import { describe, expect, test } from "vitest";
import { call, failAfter, type GroupError, group, type Operation, sleep } from "../../src/index.ts";
import { readableStacks } from "../../src/inspect/index.ts";
import { framesOf } from "../../src/inspect/stack-frames.ts";
import { caught, lab } from "../support.ts";

/** The names in a stack, one a frame: `query`, `spawned at main`. All of them are of this file. */
function names(error: Error): string[] {
  const lines = `${error.stack}`.split("\n").filter((line) => /^ {4}(spawned )?at /.test(line));
  return lines.flatMap((line) => {
    const found = /^ {4}(spawned )?at (?:(\S+) \()?.*?(readable-stacks\.test\.ts)?:\d+:\d+\)?$/.exec(line);
    return found?.[3] === undefined ? [`?${line}`] : [`${found[1] ? "spawned at " : ""}${found[2] ?? "(anonymous)"}`];
  });
}
/** Without what stands below the program: the files of the tests' tools. */
const program = (error: Error): string[] => names(error).filter((name) => !name.startsWith("?"));

function* query(): Operation<void> {
  yield* sleep(1);
  throw new Error("no such table");
}
function* load(): Operation<void> {
  yield* query();
}

describe("with readableStacks, the stack of an error that ends a task", () => {
  test("has the program's frames only, and tells where its task and those above were spawned", () => {
    using _ = readableStacks();
    let error: Error | undefined;
    lab().play(function* main(root) {
      const task = root.spawn(
        function* handler() {
          yield* root.spawn(load, { onError: "owner" });
        },
        { onError: "owner" },
      );
      error = yield* caught(() => task);
    });
    expect(program(error as Error).slice(0, 4)).toEqual(["query", "load", "spawned at handler", "spawned at main"]);
  });

  test("goes on through call, scopes and groups, whose bodies are frames of their own", () => {
    using _ = readableStacks();
    let error: Error | undefined;
    function* report(): Operation<void> {
      yield* failAfter(100, function* limited() {
        yield* call(load());
      });
    }
    lab().play(function* main(root) {
      error = yield* caught(() => root.spawn(report, { onError: "owner" }));
    });
    expect(program(error as Error).slice(0, 5)).toEqual([
      "query",
      "load",
      "limited",
      "report",
      "spawned at (anonymous)",
    ]);
  });

  test("is that of each error in a GroupError, and of the GroupError itself", () => {
    using _ = readableStacks();
    let error: GroupError | undefined;
    lab().play(function* main(root) {
      function* work(): Operation<void> {
        yield* group(function* (g) {
          g.spawn(load);
        });
      }
      error = (yield* caught(() => root.spawn(work, { onError: "owner" }))) as GroupError;
    });
    const [first] = (error as GroupError).errors as Error[];
    expect(program(first as Error).slice(0, 4)).toEqual([
      "query",
      "load",
      "spawned at (anonymous)",
      "spawned at (anonymous)",
    ]);
    expect(program(error as Error).slice(0, 2)).toEqual(["work", "spawned at (anonymous)"]);
  });

  test("is left alone where it cannot be written, and after stop()", () => {
    const frozen = Object.freeze(new Error("frozen"));
    const plain = new Error("plain");
    const before = [frozen.stack, plain.stack];
    const stacks = readableStacks();
    const { play } = lab();
    const end = play(function* (root) {
      yield* caught(() =>
        root.spawn(
          function* () {
            throw frozen;
          },
          { onError: "owner" },
        ),
      );
      stacks.stop();
      stacks.stop();
      yield* caught(() =>
        root.spawn(
          function* () {
            throw plain;
          },
          { onError: "owner" },
        ),
      );
    });
    expect([end, frozen.stack, plain.stack]).toEqual(["fulfilled undefined", ...before]);
  });
});

test("an engine that writes nothing below a generator is understood by the step of the task", () => {
  const query = "    at query (/app/db.js:3:9)";
  const main = "    at main (/app/main.js:7:5)";
  const runtime = (fn: string) => `    at ${fn} (/app/node_modules/@skein/coroutine/dist/chunk-A.js:9:1)`;
  const outside = "    at step (/app/clock.js:1:1)";
  expect(framesOf([runtime("spawn"), query, main, runtime("step"), outside].join("\n"))).toEqual([query, main]);
  expect(framesOf([runtime("run"), outside].join("\n"))).toEqual([outside]);
});
