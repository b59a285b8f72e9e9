import { describe, expect, test } from "vitest";
import {
  all,
  any,
  Barrier,
  bridge,
  CapacityLimiter,
  Condition,
  ContextVar,
  call,
  checkpoint,
  cleanUp,
  coroutine,
  currentTask,
  detach,
  Event,
  effectiveDeadline,
  ensure,
  exponentialBackoff,
  Future,
  failAfter,
  GroupError,
  group,
  Lock,
  MisuseError,
  mapAll,
  moveOnAfter,
  type Operation,
  ParkingLot,
  produce,
  race,
  receiver,
  retry,
  run,
  Semaphore,
  scope,
  settled,
  shield,
  sleep,
  type TaskGroup,
  until,
  use,
  type Wait,
} from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { caught, lab, tell, thrown } from "./support.ts";

const wrongBodies: unknown[] = [undefined, null, 5, "text", true, {}, Symbol("s"), [sleep(1)]];
const wrongTimes: unknown[] = [undefined, null, "5", {}, Number.NaN, 5n];
/** The message says what was attempted, what was seen, and what to do: three parts, and ends as a sentence. */
const shape = /^Cannot .+[:,;] .+\.$/s;

function* idle(): Operation<void> {}

test("TASK-022 in development a generator that a task has already is refused to another, which is not begun", () => {
  const loop = new VirtualLoop({ debug: true });
  const seen: string[] = [];
  const main = run(
    function* main(root) {
      const body = (function* () {
        yield* sleep(1);
        seen.push("once");
      })();
      root.spawn(body, { name: "first" });
      seen.push((thrown(() => root.spawn(body, { name: "second" })) as Error).message);
    },
    { loop },
  );
  loop.advance(10);
  expect(seen).toEqual(['Cannot run a generator in two tasks: task "first" has it; give its function.', "once"]);
  expect(main.state).toBe("done");
});

describe("bad input is refused at the call, saying what was attempted, what was seen and what to do", () => {
  const takesFunctions: Record<string, (body: never) => unknown> = {
    run,
    group,
    scope,
    shield,
    moveOnAfter: (body) => moveOnAfter(1, body),
    failAfter: (body) => failAfter(1, body),
    coroutine,
    receiver,
    ensure,
    mapAll: (fn) => mapAll([1], fn, { limit: 1 }),
    "detach's onError": (onError) => detach(sleep(1), { onError }),
    "group's onCancel": (onCancel) => group(idle, { onCancel: onCancel ?? (0 as never) }),
  };
  for (const [name, use] of Object.entries(takesFunctions)) {
    test(`${name}: no function`, () => {
      for (const body of wrongBodies) {
        const error = thrown(() => use(body as never));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(shape);
        expect(error.message).toMatch(/; give a (generator )?function/);
      }
    });
  }

  const takesTimes: Record<string, (ms: never) => unknown> = {
    sleep,
    moveOnAfter: (ms) => moveOnAfter(ms, idle),
    failAfter: (ms) => failAfter(ms, idle),
  };
  for (const [name, use] of Object.entries(takesTimes)) {
    test(`LOOP-033 ${name}: no time`, () => {
      for (const ms of wrongTimes) {
        const error = thrown(() => use(ms as never));
        expect(error).toBeInstanceOf(Number.isNaN(ms) ? RangeError : TypeError);
        expect(error.message).toMatch(shape);
      }
    });
  }

  test("scope, group and shield: options that are no times", () => {
    const opened: ((options: never) => unknown)[] = [(o) => scope(idle, o), (o) => group(idle, o)];
    for (const open of opened) {
      for (const cleanupMs of [null, "5", Number.NaN, -1]) {
        const error = thrown(() => open({ cleanupMs } as never));
        expect(error.message).toMatch(shape);
        expect(error.message).toContain("cleanupMs");
      }
    }
    for (const open of [scope, shield] as ((body: never, options: never) => unknown)[]) {
      for (const deadlineMs of [null, "5", Number.NaN]) {
        expect(thrown(() => open(idle as never, { deadlineMs } as never)).message).toMatch(shape);
      }
    }
    const { play } = lab();
    play(() =>
      scope(function* (s) {
        for (const deadlineMs of [undefined, null, "5", Number.NaN]) {
          const error = thrown(() => {
            s.deadlineMs = deadlineMs as never;
          });
          expect(error).toBeInstanceOf(typeof deadlineMs === "number" ? RangeError : TypeError);
          expect(error.message).toMatch(shape);
        }
      }),
    );
  });

  test("spawn, call, detach and the combinators' members: no operation", () => {
    const { play } = lab();
    const takesOperations: Record<string, (g: TaskGroup, body: never) => Operation<unknown>> = {
      *spawn(g, body) {
        g.spawn(body);
      },
      *produce(g, body) {
        produce(g, body, { onReady() {} });
      },
      call: (_, body) => call(body),
      *detach(_, body) {
        detach(body, { onError() {} });
      },
      *all(_, body) {
        all([idle, body]);
      },
      *race(_, body) {
        race([idle, body]);
      },
      *any(_, body) {
        any([idle, body]);
      },
      *settled(_, body) {
        settled([idle, body]);
      },
    };
    for (const [name, use] of Object.entries(takesOperations)) {
      for (const body of [...wrongBodies, Promise.resolve()]) {
        play(function* (root) {
          const error = yield* caught(() => use(root, body as never));
          expect(error).toBeInstanceOf(TypeError);
          expect(error.message).toMatch(shape);
          if (["all", "race", "any", "settled"].includes(name))
            expect(error.message).toContain(`member 1 of ${name}()`);
        });
      }
    }
  });

  test("a body that returns no operation: an async function, a value, a promise", () => {
    const { play } = lab();
    const wrong: [() => unknown, RegExp][] = [
      [async () => {}, /is a Promise; .*function\*.*until\(promise\)/],
      [() => 5, /is 5;/],
      [() => [sleep(1)], /is an Array;/],
      [() => undefined, /is undefined;/],
    ];
    for (const [body, saying] of wrong) {
      const opened: Record<string, () => Operation<unknown>> = {
        group: () => group(body as never),
        scope: () => scope(body as never),
        shield: () => shield(body as never),
        cleanUp: () => cleanUp(body as never),
        failAfter: () => failAfter(5, body as never),
        mapAll: () => mapAll([1], body as never, { limit: 1 }),
        use: () => use({ acquire: body as never, release() {} }),
      };
      for (const [, open] of Object.entries(opened)) {
        play(function* () {
          let error = yield* caught(open);
          while (error instanceof GroupError) error = error.errors[0];
          expect(error).toBeInstanceOf(TypeError);
          expect(error.message).toMatch(shape);
          expect(error.message).toMatch(saying);
        });
      }
      expect(play(body as never)).toMatch(
        /^rejected TypeError: Cannot run group ".*": what its function returned is .*; give an operation/,
      );
    }
  });

  test("spawn: an onError that is none", () => {
    const { play } = lab();
    play(function* (root) {
      for (const onError of ["both", null, 5, {}]) {
        if (onError === null) continue; // as left out
        const error = thrown(() => root.spawn(idle, { onError: onError as never }));
        expect(error.message).toMatch(
          /^Cannot spawn a task in group "main": onError is .*; give "group" or "owner"\.$/,
        );
      }
    });
  });

  test("options that are no object", () => {
    const { play } = lab();
    play(function* (root) {
      const takesOptions: Record<string, (options: never) => unknown> = {
        run: (options) => run(idle, options),
        scope: (options) => scope(idle, options),
        group: (options) => group(idle, options),
        shield: (options) => shield(idle, options),
        spawn: (options) => root.spawn(idle, options),
        start: (options) => root.start(idle, options),
        produce: (options) => produce(root, function* () {}, options),
        exponentialBackoff,
        retry: (options) => retry(idle, options),
        ContextVar: (options) => new ContextVar("v", options),
        Lock: (options) => new Lock(options),
        Event: (options) => new Event(options),
        Condition: (options) => new Condition(new Lock(), options),
        Semaphore: (options) => new Semaphore(1, options),
        CapacityLimiter: (options) => new CapacityLimiter(1, options),
        Barrier: (options) => new Barrier(1, options),
        ParkingLot: (options) => new ParkingLot(options),
      };
      for (const [name, use] of Object.entries(takesOptions)) {
        for (const options of [null, 5, "text", true, Symbol("s")]) {
          const error = thrown(() => use(options as never));
          expect(error, name).toBeInstanceOf(TypeError);
          expect(error.message).toMatch(/^Cannot .+: options is .+; give an object\.$/);
        }
      }
      for (const [name, use] of Object.entries(takesOptions)) {
        if (name !== "produce") use(undefined as never);
      }
    });
  });

  test("spawn: an eager that is none", () => {
    const { play } = lab();
    play(function* (root) {
      for (const eager of [5, "true", {}]) {
        const error = thrown(() => root.spawn(idle, { eager: eager as never }));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(/^Cannot spawn a task in group "main": eager is .*; give true or false\./);
      }
    });
  });

  test("run: a loop or a signal that is none", () => {
    for (const wrong of [null, 5, {}, "loop"]) {
      for (const name of ["loop", "signal"]) {
        const error = thrown(() => run(idle, { [name]: wrong }));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(new RegExp(`^Cannot (run|make a task): ${name} is .*; give an? \\w+\\.?$`));
      }
    }
  });

  test("mapAll: limits and items that are none", () => {
    for (const limit of [0, -1, 1.5, Number.NaN, "2", undefined, null]) {
      const error = thrown(() => mapAll([1], idle, { limit: limit as never }));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(/^Cannot map all with the limit .*: give a whole number from 1, or Infinity\.$/);
    }
    for (const items of [undefined, null, 5, {}]) {
      expect(thrown(() => mapAll(items as never, idle, { limit: 1 })).message).toMatch(
        /^Cannot map all of .*: it is no iterable\.$/,
      );
    }
    expect(thrown(() => mapAll([1], idle, undefined as never))).toBeInstanceOf(RangeError);
  });

  test("all, race, any, settled: what is no iterable; race of nothing", () => {
    for (const combine of [all, race, any, settled] as ((items: never) => unknown)[]) {
      for (const items of [undefined, null, 5, {}]) {
        const error = thrown(() => combine(items as never));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(
          /^Cannot wait for all of \w+\(\): the list is .*; give an array of operations\.$/,
        );
      }
    }
    expect(thrown(() => race([])).message).toBe(
      "Cannot race nothing: a race of no members would never end; give one at least.",
    );
  });

  test("until and use: neither a promise nor a resource", () => {
    for (const wrong of wrongBodies)
      expect(thrown(() => until(wrong as never)).message).toMatch(
        /^Cannot wait: the source is .*; give a promise, a function \(signal\) => promise, or an AbortSignal\./,
      );
    for (const wrong of [...wrongBodies, idle, { acquire() {} }])
      expect(thrown(() => use(wrong as never)).message).toMatch(/^Cannot use .*: it has neither/);
    expect(thrown(() => use(Promise.resolve() as never)).message).toContain("use(yield* until(promise))");
  });

  test("what needs a task says so outside of one", () => {
    for (const what of [
      () => effectiveDeadline(),
      () => scope(idle)[Symbol.iterator]().next(),
      () => ensure(idle)[Symbol.iterator]().next(),
    ]) {
      expect(thrown(what).message).toMatch(
        /^Cannot use .* here: no task is running; use it in one, by `yield\*` or `run`\.$/,
      );
    }
  });
});

describe("C1 the forgotten star", () => {
  const anything = (value: unknown): Wait => value as Wait;

  test("C1 CORO-001 a yield of anything but a wait throws at that yield, showing the value and the fix; the task can go on", () => {
    const { play, loop } = lab();
    const { future } = Future.withResolvers({ loop, name: "answer" });
    const values: [unknown, string][] = [
      [5, "5"],
      ["text", '"text"'],
      [undefined, "undefined"],
      [null, "null"],
      [future, "a Future"],
      [sleep(5), "a Sleep"],
      [Promise.resolve(), "a Promise"],
      [idle, "the function idle"],
      [idle(), "an object"],
      [{}, "an object"],
    ];
    play(function* main() {
      for (const [value, shown] of values) {
        let error: Error | undefined;
        try {
          yield anything(value);
        } catch (caught) {
          error = caught as Error;
        }
        expect(error?.name).toBe("MisuseError");
        expect(error?.message).toBe(
          `Cannot yield ${shown} in task "main": it is no wait; write \`yield* operation\` or \`yield* until(promise)\`.`,
        );
      }
      yield* sleep(1);
    });
  });

  test("C1 CORO-001 uncaught, it fails the task, and the siblings are cancelled cleanly", () => {
    const { play, log, say } = lab();
    const end = play(function* (root) {
      root.spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          say("sibling cleaned up");
        }
      });
      root.spawn(function* careless() {
        yield anything(Promise.resolve());
      });
    });
    expect(end).toMatch(/^rejected GroupError \[MisuseError: Cannot yield a Promise in task "careless": /);
    expect(log).toEqual(["5 sibling cleaned up"]);
  });

  test('C1 `yield* [a, b]`, `yield* "text"`: the same error, not JavaScript\'s about a missing throw method', () => {
    const { play, loop } = lab();
    for (const [iterable, shown] of [
      [[1, 2], "1"],
      ["text", '"t"'],
      [[Future.resolve(1, { loop })], "a Future"],
      [new Map([[1, 2]]), "an Array"],
    ] as const) {
      const end = play(function* main(root) {
        const child = root.spawn(
          function* child() {
            yield* iterable as unknown as Operation<void>;
          },
          { onError: "owner" },
        );
        expect((yield* caught(() => child)).message).toContain(`Cannot yield ${shown} in task "child": `);
        yield* iterable as unknown as Operation<void>;
      });
      expect(end).toContain(`MisuseError: Cannot yield ${shown} in task "main": `);
    }
  });

  test("C1 WAIT yielded by hand is refused, too", () => {
    const { play } = lab();
    const end = play(function* main() {
      const iterator = sleep(1)[Symbol.iterator]();
      const wait: unknown = iterator.next().value;
      bridge.request = null;
      yield wait as Wait;
    });
    expect(end).toContain("Cannot yield WAIT by hand");
  });

  test("ADV-35 `[...future]`, `const [a] = future`, `const [a, b] = future` (pending), inside and outside a task: each throws at once, and the next real wait works", () => {
    const { play, loop, log, say } = lab();
    const { future } = Future.withResolvers<number>({ loop, name: "answer" });
    const operations: Record<string, Iterable<unknown>> = {
      future: future as never,
      sleep: sleep(5) as never,
      checkpoint: checkpoint() as never,
      call: call(idle) as never,
      until: until(Promise.resolve()) as never,
      "all()": all([sleep(1), sleep(2)]) as never,
      step: coroutine(function* (): Generator<number, void, void> {
        yield 1;
      })().next() as never,
    };
    const byHand: ((operation: Iterable<unknown>) => unknown)[] = [
      (operation) => [...operation],
      ([a]) => a,
      ([a, b]) => [a, b],
    ];
    const check = (): void => {
      for (const [name, operation] of Object.entries(operations)) {
        for (const hand of byHand) {
          if (name === "step" && bridge.running !== null) continue; // it answers at once there, as any done thing does
          if (name === "all()" && hand !== byHand[0]) continue; // a generator: the first use has ended it
          const error = thrown(() => hand(operation));
          expect(error.name, name).toBe("MisuseError");
          expect(error.message).toMatch(/yield\*/);
        }
      }
    };
    check();
    operations["all()"] = all([sleep(1), sleep(2)]) as never;
    play(function* () {
      check();
      yield* sleep(5);
      say("woke");
    });
    expect(log).toEqual(["5 woke"]);
    expect(future.firstWaiter).toBeNull();
  });

  test("ADV-35 `const [a] = retry(…)`, `g.start(…)`, `all(…)`, `group(…)`, `use(…)` in a task: throws at once, ends what it began, and the next real wait works", () => {
    const opened: Record<string, (g: TaskGroup, say: (text: string) => void) => Operation<unknown>> = {
      retry: () => retry(() => sleep(5)),
      start: (g, say) =>
        g.start(function* launched() {
          try {
            yield* sleep(1000);
          } finally {
            say("launched ends");
          }
        }),
      all: () => all([sleep(1), sleep(2)]),
      race: () => race([sleep(1), sleep(2)]),
      settled: () => settled([sleep(1)]),
      mapAll: () => mapAll([1], () => sleep(1), { limit: 1 }),
      group: () => group(() => sleep(1)),
      scope: () => scope(() => sleep(1)),
      shield: () => shield(() => sleep(1)),
      cleanUp: () => cleanUp(() => sleep(1)),
      use: () => use({ acquire: () => sleep(1), release() {} }),
      "condition.wait": () => new Condition().wait(),
    };
    const byHand: ((operation: Iterable<unknown>) => unknown)[] = [([a]) => a, (operation) => [...operation]];
    for (const [name, open] of Object.entries(opened)) {
      for (const hand of byHand) {
        const { play, log, say } = lab();
        const end = play(function* (root) {
          const where = [currentTask()?.scope, bridge.request];
          const error = thrown(() => hand(open(root, say) as never));
          expect(error, name).toBeInstanceOf(MisuseError);
          if (name !== "condition.wait") expect(error.message, name).toMatch(/by hand.*yield\*/s);
          if (hand === byHand[0]) expect([currentTask()?.scope, bridge.request], name).toEqual(where);
          yield* sleep(5);
          say("woke");
        });
        expect([end, ...log], name).toEqual([
          "fulfilled undefined",
          ...(name === "start" ? ["0 launched ends"] : []),
          "5 woke",
        ]);
      }
    }
  });

  test("an operation that is one run of a function is refused at its second use", () => {
    const { play } = lab();
    const end = play(function* (root) {
      const once: Operation<unknown>[] = [
        group(() => sleep(1)),
        scope(() => sleep(1)),
        shield(() => sleep(1)),
        all([sleep(1)]),
        race([sleep(1)]),
        mapAll([1], () => sleep(1), { limit: 1 }),
        retry(() => sleep(1)),
        ensure(() => {}),
        root.start<void>(function* (started) {
          started();
        }),
      ];
      for (const operation of once) {
        yield* operation;
        for (const again of [() => operation, () => call(operation)]) {
          const error = yield* caught(again);
          expect(error).toBeInstanceOf(MisuseError);
          expect(error.message).toBe("Cannot use an operation again: it has begun; make a new one.");
        }
        expect(thrown(() => root.spawn(operation))).toBeInstanceOf(MisuseError);
      }
      const kept = group(function* () {
        throw new Error("first");
      });
      return (yield* caught(() => retry(() => kept, { backoff: 0 }))).message;
    });
    expect(end).toMatch(/^fulfilled Cannot use an operation again/);
    play(function* () {
      const many = [sleep(1), checkpoint(), new Lock().acquire(), until(() => Promise.resolve())].slice(0, 3);
      for (const operation of many) yield* operation;
      for (const operation of many.slice(0, 2)) yield* operation;
    });
  });

  test("next() by hand outside a task says what it is and to await it", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers({ loop, name: "answer" });
    const named: [Operation<unknown>, RegExp][] = [
      [future, /future "answer"/],
      [sleep(5), /sleep\(5\)/],
      [call(idle), /a call/],
      [until(Promise.resolve()), /a promise/],
    ];
    for (const [operation, name] of named) {
      const { message } = thrown(() => operation[Symbol.iterator]().next());
      expect(message).toMatch(/^Cannot step /);
      expect(message).toMatch(name);
      expect(message).toMatch(/await/);
    }
  });
});

test("a task that yields wrong things while it is being cancelled is ended all the same", () => {
  const { start, loop, finish, log, say } = lab();
  const task = start(function* () {
    try {
      yield* sleep(1000);
    } finally {
      try {
        yield 5 as unknown as Wait;
      } catch (error) {
        say((error as Error).name);
      }
    }
  });
  loop.runUntilIdle();
  task.cancel("stop");
  finish();
  expect([tell(task.outcome), ...log]).toEqual(['{"status":"cancelled","reason":"stop"}', "0 MisuseError"]);
});
