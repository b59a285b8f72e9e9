import { AsyncLocalStorage } from "node:async_hooks";
import { VirtualLoop } from "@skein/future/testing";
import { describe, expect, test } from "vitest";
import { checkpoint, coroutine, detach, Future, type Operation, run, sleep, type Wait } from "../src/index.ts";
import { inspect } from "../src/inspect/index.ts";

/** A loop that carries a context, as an EventLoop with `instrument({ context })` does. */
class CarryingLoop extends VirtualLoop {
  bind<A, R>(callback: (arg: A) => R): (arg: A) => R {
    const within = AsyncLocalStorage.snapshot();
    return (arg) => within(callback, arg);
  }
  override callSoon(callback: (arg: never) => void, arg?: unknown): void {
    super.callSoon(this.bind(callback) as (arg: unknown) => void, arg);
  }
}

function lab() {
  const loop = new CarryingLoop();
  const user = new AsyncLocalStorage<string>();
  const seen: [string, string | undefined][] = [];
  const note = (who: string) => void seen.push([who, user.getStore()]);
  return { loop, user, seen, note };
}

describe("a task on a loop that carries a context", () => {
  test("TASK-018 keeps its own values over every wait, whoever wakes it", () => {
    const { loop, user, seen, note } = lab();
    const gate = Future.withResolvers<void>({ loop });
    user.run("outside", () =>
      run(
        function* main(root) {
          for (const name of ["ada", "bob", "eve"]) {
            root.spawn(function* () {
              note(`${name}?`);
              user.enterWith(name);
              yield* gate.future;
              note(name);
              yield* sleep(1);
              note(name);
              for (let i = 0; i < 3; i++) yield* checkpoint();
              note(name);
            });
          }
          user.enterWith("main");
          yield* sleep(5);
          note("main");
          gate.resolve();
        },
        { loop },
      ),
    );
    loop.advance(100);
    expect(seen.slice(0, 3)).toEqual(["ada?", "bob?", "eve?"].map((name) => [name, "outside"]));
    expect(seen.slice(3).length).toBe(10);
    for (const [who, store] of seen.slice(3)) expect(store).toBe(who);
  });

  test("TASK-030 started eagerly it has what its spawner had, and changes nothing for it", () => {
    const { loop, user, seen, note } = lab();
    run(
      function* main(root) {
        user.enterWith("main");
        root.spawn(
          function* () {
            note("eager");
            user.enterWith("child");
            yield* checkpoint();
            note("child");
          },
          { eager: true },
        );
        note("main");
        yield* checkpoint();
        note("main");
      },
      { loop },
    );
    loop.runUntilIdle();
    expect(seen).toEqual([
      ["eager", "main"],
      ["main", "main"],
      ["child", "child"],
      ["main", "main"],
    ]);
  });

  test("a coroutine keeps its own, too, although it is stepped in the stack of who asks: neither sees what the other sets", () => {
    const { loop, user, seen, note } = lab();
    run(
      function* main() {
        user.enterWith("asker");
        const c = coroutine(function* (): Generator<number | Wait, void, void> {
          note("asker"); // inherited where it was first stepped
          user.enterWith("coroutine");
          yield 1;
          note("coroutine");
          yield* sleep(1);
          note("coroutine");
          try {
            yield 2;
          } finally {
            note("coroutine");
          }
        })();
        yield* c.next();
        note("asker");
        user.enterWith("asker again");
        yield* c.next();
        note("asker again");
        yield* c.close();
        note("asker again");
      },
      { loop },
    );
    loop.advance(10);
    expect(seen).toHaveLength(7);
    for (const [who, store] of seen) expect(store).toBe(who);
  });

  test("inspect sees the variables of the function itself", () => {
    const { loop, user } = lab();
    const task = run(
      function* main() {
        const answer = 42;
        user.enterWith("main");
        yield* sleep(5);
        return answer;
      },
      { loop },
    );
    loop.advance(1);
    expect(inspect(task).locals).toEqual({ answer: 42 });
    loop.advance(10);
    expect(task.result()).toBe(42);
  });

  test("cleanup after a cancel, and detached work, run in the task's own", () => {
    const { loop, user, seen, note } = lab();
    const task = run(
      function* main(): Operation<void> {
        user.enterWith("main");
        detach(
          function* () {
            yield* sleep(1);
            note("main");
          },
          { onError: () => {} },
        );
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(1);
          note("main");
        }
      },
      { loop },
    );
    loop.advance(2);
    user.run("canceller", () => task.cancel());
    loop.advance(10);
    expect(seen).toEqual([
      ["main", "main"],
      ["main", "main"],
    ]);
    expect(task.state).toBe("cancelled");
  });
});
