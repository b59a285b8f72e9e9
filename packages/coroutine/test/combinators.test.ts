import { describe, expect, test } from "vitest";
import {
  all,
  any,
  checkpoint,
  Future,
  mapAll,
  moveOnAfter,
  type Operation,
  race,
  settled,
  sleep,
  type Task,
} from "../src/index.ts";
import { caught, ending, type Lab, lab, read, tell } from "./support.ts";

interface Member {
  readonly ms: number;
  readonly fails?: string;
  readonly cleanupMs?: number;
  readonly cleanupFails?: string;
}

/** A member that says what becomes of it. */
function member(
  { say }: Lab,
  name: string,
  { ms, fails, cleanupMs = 0, cleanupFails }: Member,
): () => Operation<string> {
  return function* () {
    let over = false;
    try {
      yield* sleep(ms);
      over = true;
      if (fails !== undefined) throw new Error(fails);
      return name;
    } finally {
      if (!over) {
        if (cleanupMs > 0) yield* sleep(cleanupMs);
        say(`${name} cleaned up`);
        if (cleanupFails !== undefined) throw new Error(cleanupFails);
      }
    }
  };
}

function members(here: Lab, given: Record<string, Member>): (() => Operation<string>)[] {
  return Object.entries(given).map(([name, how]) => member(here, name, how));
}

const suppressed = (error: Error): string[] => ((error as { suppressed?: unknown[] }).suppressed ?? []).map(tell);

describe("all", () => {
  test("GW-001 gives the values in the order of the members, once the last has ended", () => {
    const here = lab();
    const end = here.play(() => all(members(here, { a: { ms: 20 }, b: { ms: 10 }, c: { ms: 30 } })));
    expect([end, here.loop.now()]).toEqual(['fulfilled ["a","b","c"]', 30]);
  });

  test("C3 GW-003 the first failure cancels the others, waits for their cleanup, and is thrown itself, later errors in `suppressed`", () => {
    const here = lab();
    here.play(function* () {
      const error = yield* caught(() =>
        all(
          members(here, {
            slow: { ms: 100, cleanupMs: 5 },
            bad: { ms: 10, fails: "boom" },
            rude: { ms: 100, cleanupFails: "rude" },
          }),
        ),
      );
      here.say(`${tell(error)}, suppressed ${suppressed(error)}`);
    });
    expect(here.log).toEqual(["10 rude cleaned up", "15 slow cleaned up", "15 Error: boom, suppressed Error: rude"]);
  });

  test("a failure that the body waits for first is thrown itself, too, and one that comes before its turn is not waited for", () => {
    for (const order of [
      ["bad", "good"],
      ["good", "bad"],
    ]) {
      const here = lab();
      const given: Record<string, Member> = { good: { ms: 50 }, bad: { ms: 10, fails: "boom" } };
      const end = here.play(() => all(order.map((name) => member(here, name, given[name] as Member))));
      expect([end, here.loop.now()]).toEqual(["rejected Error: boom", 10]);
    }
  });

  test("GW-006 cancelled itself, it cancels its members, waits for them, and passes the cancellation on", () => {
    const here = lab();
    const task = here.start(() => all(members(here, { a: { ms: 100, cleanupMs: 5 }, b: { ms: 100 } })));
    const end = ending(task);
    here.loop.advance(1);
    task.cancel("outside");
    here.finish();
    expect([end(), ...here.log]).toEqual(["cancelled outside", "1 b cleaned up", "6 a cleaned up"]);
  });

  test("GW-007 a cancel that comes when all members have ended: the results stand", () => {
    const here = lab();
    const task: Task<unknown> = here.start(function* () {
      return yield* all([
        function* () {
          task.cancel("late");
          return 1;
        },
      ]);
    });
    here.finish();
    expect(read(task)).toMatch(/^(fulfilled \[1\]|cancelled late)$/);
  });

  test("F5 GW-009 a future among them is waited for, never cancelled; an operation given twice is done once", () => {
    const here = lab();
    const { future } = Future.withResolvers<number>({ loop: here.loop });
    let runs = 0;
    const once = (function* () {
      return ++runs;
    })();
    here.play(function* (root) {
      const task = root.spawn(function* () {
        yield* sleep(20);
        return "task's";
      });
      here.say(tell(yield* all([once, once, Future.resolve("f", { loop: here.loop })])));
      here.say(tell(yield* caught(() => all([future, task, member(here, "bad", { ms: 1, fails: "no" })]))));
      here.say(`${future.state} ${yield* task}`);
    });
    expect([...here.log, future.firstWaiter]).toEqual(['0 [1,1,"f"]', "1 Error: no", "20 pending task's", null]);
  });

  test("of nothing is nothing, and takes any iterable", () => {
    const { play } = lab();
    expect(play(() => all([]))).toBe("fulfilled []");
    expect(play(() => all(new Set([sleep(0)])))).toBe("fulfilled [null]");
  });

  test("GW-010 C3 two that fail in the same pass: both errors, the first thrown, nothing reported", () => {
    const here = lab();
    here.play(function* () {
      const error = yield* caught(() => all(members(here, { a: { ms: 5, fails: "a" }, b: { ms: 5, fails: "b" } })));
      here.say(`${tell(error)}, suppressed ${suppressed(error)}`);
    });
    expect(here.log).toEqual(["5 Error: a, suppressed Error: b"]);
  });
});

describe("race", () => {
  test("gives the first to end; the others are cancelled and waited for before it returns", () => {
    const here = lab();
    const end = here.play(() => race(members(here, { slow: { ms: 100, cleanupMs: 5 }, fast: { ms: 10 } })));
    expect([end, here.loop.now(), ...here.log]).toEqual(["fulfilled fast", 15, "15 slow cleaned up"]);
  });

  test("C3 throws the error of the first to end, with those of the others' cleanup in `suppressed`", () => {
    const here = lab();
    here.play(function* () {
      const error = yield* caught(() =>
        race(members(here, { bad: { ms: 1, fails: "boom" }, rude: { ms: 100, cleanupFails: "rude" } })),
      );
      here.say(`${tell(error)}, suppressed ${suppressed(error)}`);
    });
    expect(here.log).toEqual(["1 rude cleaned up", "1 Error: boom, suppressed Error: rude"]);
  });

  test("C3 no error is lost: a loser whose cleanup fails is reported when the winner has a value", () => {
    for (const combine of [race, any]) {
      const here = lab({ reports: true });
      const end = here.play(() => combine(members(here, { fast: { ms: 1 }, rude: { ms: 100, cleanupFails: "rude" } })));
      expect([end, ...here.log]).toEqual(["fulfilled fast", "1 rude cleaned up"]);
      expect(here.reports).toEqual([expect.stringMatching(/^cleanup of a loser, (race|any): rude$/)]);
    }
  });

  test("C4 cancelled from outside while a member's cleanup fails: that error comes out", () => {
    for (const combine of [race, any]) {
      const here = lab();
      const task = here.start(() =>
        combine(members(here, { rude: { ms: 100, cleanupFails: "rude" }, good: { ms: 100 } })),
      );
      const end = ending(task);
      here.loop.advance(1);
      task.cancel("outside");
      here.finish();
      expect(end()).toBe("rejected Error: rude");
    }
  });

  test("leaves no waiter on a long-lived future that lost", () => {
    const here = lab();
    const { future } = Future.withResolvers<string>({ loop: here.loop });
    const end = here.play(function* () {
      for (let i = 0; i < 1000; i++) yield* race([future, checkpoint()]);
      return [future.firstWaiter, future.state];
    });
    expect(end).toBe('fulfilled [null,"pending"]');
  });

  test("two that end in the same pass: the first in order wins, and the other's value is dropped", () => {
    const here = lab();
    expect(here.play(() => race(members(here, { a: { ms: 5 }, b: { ms: 5 } })))).toBe("fulfilled a");
  });
});

describe("any", () => {
  test("gives the first success, over earlier failures, and cancels the rest", () => {
    const here = lab();
    const end = here.play(() =>
      any(members(here, { bad: { ms: 1, fails: "no" }, good: { ms: 5 }, slow: { ms: 100 } })),
    );
    expect([end, ...here.log]).toEqual(["fulfilled good", "5 slow cleaned up"]);
  });

  test("if none succeeds, throws all errors in the order of the members; so for no members", () => {
    const here = lab();
    const end = here.play(function* () {
      const errors: unknown[] = [];
      for (const given of [members(here, { a: { ms: 5, fails: "a" }, b: { ms: 1, fails: "b" } }), []]) {
        const error = (yield* caught(() => any(given))) as AggregateError;
        errors.push(error.message, error.errors.map(tell));
      }
      return errors;
    });
    expect(end).toBe(
      'fulfilled ["None of the 2 members of any() succeeded.",["Error: a","Error: b"],"None of the 0 members of any() succeeded.",[]]',
    );
  });

  test("a failure before a timeout from outside does not turn that into an error", () => {
    const here = lab();
    const end = here.play(() =>
      moveOnAfter(10, () => any(members(here, { bad: { ms: 1, fails: "no" }, slow: { ms: 100 } }))),
    );
    expect(end).toBe("fulfilled undefined");
  });
});

describe("settled", () => {
  test("GW-004 waits for all and gives how each ended; a failure cancels nobody", () => {
    const here = lab();
    const end = here.play(function* (root) {
      const gone = root.spawn(sleep(1000));
      gone.cancel("bye");
      return yield* settled([...members(here, { bad: { ms: 1, fails: "no" }, good: { ms: 5 } }), gone]);
    });
    expect(end).toBe(
      'fulfilled [{"status":"rejected","reason":{}},{"status":"fulfilled","value":"good"},{"status":"cancelled","reason":"bye"}]',
    );
  });

  test("C4 cancelled from outside while a member's cleanup fails: that error comes out", () => {
    const here = lab();
    const task = here.start(() =>
      settled(members(here, { rude: { ms: 100, cleanupFails: "rude" }, good: { ms: 100 } })),
    );
    const end = ending(task);
    here.loop.advance(1);
    task.cancel("outside");
    here.finish();
    expect([end(), ...here.log]).toEqual(["rejected Error: rude", "1 rude cleaned up", "1 good cleaned up"]);
  });
});

describe("a member that is a function and throws before there is an operation", () => {
  const broken = (): Operation<number> => {
    throw new Error("no operation");
  };
  const good = function* (): Operation<number> {
    yield* sleep(1);
    return 1;
  };
  test.each([
    ["all", () => all([good, broken]), "rejected Error: no operation"],
    ["race", () => race([good, broken]), "rejected Error: no operation"],
    ["any", () => any([broken, good]), "fulfilled 1"],
    ["settled", () => map(settled([broken, good])), 'fulfilled ["rejected","fulfilled"]'],
  ] as const)("%s takes it for that member's failure", (_name, body, end) => {
    expect(lab().play(() => body() as Operation<unknown>)).toBe(end);
  });
  function* map(outcomes: Operation<readonly { readonly status: string }[]>): Operation<string[]> {
    return (yield* outcomes).map(({ status }) => status);
  }
});

describe("mapAll", () => {
  test("GW-024 gives results in the order of the items, at most `limit` at a time, items taken only as there is room", () => {
    const here = lab();
    function* items(): Generator<number> {
      for (const ms of [30, 10, 20, 10]) {
        here.say(`taken ${ms}`);
        yield ms;
      }
    }
    const end = here.play(() =>
      mapAll(
        items(),
        function* (ms, index) {
          yield* sleep(ms);
          return `${index}:${ms}`;
        },
        { limit: 2 },
      ),
    );
    expect(end).toBe('fulfilled ["0:30","1:10","2:20","3:10"]');
    expect(here.log).toEqual(["0 taken 30", "0 taken 10", "10 taken 20", "30 taken 10"]);
  });

  test("with ordered: false gives results in the order in which they came", () => {
    const { play } = lab();
    const end = play(() =>
      mapAll(
        [30, 10, 20, 5],
        function* (ms) {
          yield* sleep(ms);
          return ms;
        },
        { limit: 2, ordered: false },
      ),
    );
    expect(end).toBe("fulfilled [10,30,20,5]");
  });

  test("GW-024 of nothing is nothing; without a limit all run at once", () => {
    const here = lab();
    const nap = function* (ms: number): Operation<number> {
      yield* sleep(ms);
      return ms;
    };
    expect(here.play(() => mapAll([], nap, { limit: 1 }))).toBe("fulfilled []");
    expect(here.play(() => mapAll([3, 2, 1], nap, { limit: Number.POSITIVE_INFINITY }))).toBe("fulfilled [3,2,1]");
    expect(here.loop.now()).toBe(3);
  });

  test("GW-024 the first failure cancels the others, waits for them, closes the iterable, and is thrown, later errors in `suppressed`", () => {
    const here = lab();
    function* items(): Generator<string> {
      try {
        yield* ["slow", "bad", "rude", "never"];
      } finally {
        here.say("iterable closed");
      }
    }
    const how: Record<string, Member> = {
      slow: { ms: 100, cleanupMs: 5 },
      bad: { ms: 1, fails: "boom" },
      rude: { ms: 100, cleanupFails: "rude" },
    };
    here.play(function* () {
      const error = yield* caught(() =>
        mapAll(items(), (name) => member(here, name, how[name] as Member)(), { limit: 3 }),
      );
      here.say(`${tell(error)}, suppressed ${suppressed(error)}`);
    });
    expect(here.log).toEqual([
      "1 rude cleaned up",
      "6 slow cleaned up",
      "6 iterable closed",
      "6 Error: boom, suppressed Error: rude",
    ]);
  });

  test("a failure at once starts no further item", () => {
    const here = lab();
    const end = here.play(() =>
      mapAll(
        [1, 2, 3],
        function* (n): Operation<void> {
          here.say(`start ${n}`);
          throw new Error(`no ${n}`);
        },
        { limit: 2 },
      ),
    );
    expect([end, ...here.log]).toEqual(["rejected Error: no 1", "0 start 1"]);
  });

  test("an iterable that throws is a failure like any other", () => {
    const here = lab();
    function* items(): Generator<number> {
      yield 100;
      throw new Error("no more");
    }
    const end = here.play(() => mapAll(items(), (ms) => member(here, "item", { ms })(), { limit: 2 }));
    expect([end, ...here.log]).toEqual(["rejected Error: no more", "0 item cleaned up"]);
  });

  test("cancelled, it takes no more items and passes the cancellation on", () => {
    const here = lab();
    const end = here.play(() =>
      moveOnAfter(15, () => mapAll([1, 2, 3], (n) => member(here, `${n}`, { ms: 10 })(), { limit: 1 })),
    );
    expect([end, ...here.log]).toEqual(["fulfilled undefined", "15 2 cleaned up"]);
  });
});

test("one operation object may be waited for by several tasks: each has its own sleep", () => {
  const here = lab();
  const nap = sleep(10);
  here.play(function* (root) {
    const tasks = [0, 3, 6].map((ms) =>
      root.spawn(function* () {
        yield* sleep(ms);
        yield* nap;
        here.say(`woke ${ms}`);
      }),
    );
    yield* sleep(8);
    tasks[0]?.cancel();
    tasks[2]?.cancel();
    yield* sleep(0);
    expect(here.loop.timers).toBe(1);
  });
  expect(here.log).toEqual(["13 woke 3"]);
});
