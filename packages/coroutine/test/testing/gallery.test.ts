/*
 * A gallery of classic bugs, each written with Skein as it is usually written. Each is found within a stated number of
 * schedules, told again by its seed, and gone in the fixed version under every schedule there is, or 2,000 of them.
 */
import { describe, expect, test } from "vitest";
import {
  Condition,
  checkpoint,
  Event,
  Lock,
  type Operation,
  ParkingLot,
  Semaphore,
  scope,
  sleep,
  type TaskGroup,
  use,
} from "../../src/index.ts";
import { explore, sweepCancel } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

type Program = (root: TaskGroup) => Operation<unknown>;

interface Exhibit {
  readonly broken: Program;
  readonly fixed: Program;
  /** Within so many schedules it has to be found, by each order. */
  readonly within: number;
  /** What is found. */
  readonly finding: RegExp;
  /** True: nobody can try all schedules of the fixed version. */
  readonly large?: boolean;
}

const must = (truth: boolean, what: string): void => {
  if (!truth) throw new Error(what);
};

/** Starts tasks and waits for all of them. */
function* together(root: TaskGroup, ...bodies: readonly (() => Operation<unknown>)[]): Operation<void> {
  const tasks = bodies.map((body, i) => root.spawn(body, { name: "abc"[i] }));
  for (const task of tasks) yield* task;
}

/** Stands for I/O: others may go on meanwhile. */
const io = checkpoint;

const gallery: Record<string, Exhibit> = {
  "lost update": {
    within: 5,
    finding: /balance is 1/,
    *broken(root) {
      let balance = 0;
      const deposit = function* (): Operation<void> {
        const read = balance;
        yield* io();
        balance = read + 1;
      };
      yield* together(root, deposit, deposit);
      must(balance === 2, `balance is ${balance}`);
    },
    *fixed(root) {
      let balance = 0;
      const lock = new Lock();
      const deposit = () =>
        scope(function* (): Operation<void> {
          yield* use(lock);
          const read = balance;
          yield* io();
          balance = read + 1;
        });
      yield* together(root, deposit, deposit);
      must(balance === 2, `balance is ${balance}`);
    },
  },

  "check, then act": {
    within: 5,
    finding: /made 2 times/,
    *broken(root) {
      let made = 0;
      let cached: string | undefined;
      const get = function* (): Operation<string> {
        if (cached === undefined) {
          made++;
          yield* io();
          cached = "connection";
        }
        return cached;
      };
      yield* together(root, get, get);
      must(made === 1, `made ${made} times`);
    },
    *fixed(root) {
      let made = 0;
      const task = root.spawn(function* (): Operation<string> {
        made++;
        yield* io();
        return "connection";
      });
      yield* together(
        root,
        () => task,
        () => task,
      ); // everybody waits for the one that is on its way
      must(made === 1, `made ${made} times`);
    },
  },

  "deadlock of two locks": {
    within: 20,
    finding: /Deadlock: .*\n(.*\n)*.*in a circle: [ab] → [ab] → [ab]/,
    *broken(root) {
      const [from, to] = [new Lock({ name: "from" }), new Lock({ name: "to" })];
      const transfer = (first: Lock, second: Lock) => () =>
        scope(function* (): Operation<void> {
          yield* use(first);
          yield* io();
          yield* use(second);
        });
      yield* together(root, transfer(from, to), transfer(to, from));
    },
    *fixed(root) {
      const [from, to] = [new Lock({ name: "from" }), new Lock({ name: "to" })];
      const transfer = () =>
        scope(function* (): Operation<void> {
          yield* use(from); // always in the same order
          yield* io();
          yield* use(to);
        });
      yield* together(root, transfer, transfer);
    },
  },

  "lost wake-up": {
    within: 50,
    finding: /Deadlock: /,
    *broken(root) {
      const bell = new ParkingLot({ name: "bell" });
      let mail = 0;
      const reader = function* (): Operation<void> {
        if (mail === 0) {
          yield* io(); // between looking and waiting the bell may ring
          yield* bell.park();
        }
      };
      const writer = function* (): Operation<void> {
        yield* io();
        mail++;
        bell.unpark();
      };
      yield* together(root, reader, writer);
    },
    *fixed(root) {
      const bell = new ParkingLot({ name: "bell" });
      let mail = 0;
      const reader = function* (): Operation<void> {
        yield* io();
        while (mail === 0) yield* bell.park(); // nothing between looking and waiting
      };
      const writer = function* (): Operation<void> {
        yield* io();
        mail++;
        bell.unpark();
      };
      yield* together(root, reader, writer);
    },
  },

  "missed notification": {
    within: 20,
    finding: /Deadlock: .*\n(.*\n)*.*condition "ready"/,
    *broken(root) {
      const ready = new Condition(new Lock(), { name: "ready" });
      const waiter = () =>
        scope(function* (): Operation<void> {
          yield* use(ready.lock);
          yield* ready.wait(); // for a notification, not for a state
        });
      const notifier = () =>
        scope(function* (): Operation<void> {
          yield* use(ready.lock);
          ready.notify();
        });
      yield* together(root, waiter, notifier);
    },
    *fixed(root) {
      const ready = new Condition(new Lock(), { name: "ready" });
      let isReady = false;
      const waiter = () =>
        scope(function* (): Operation<void> {
          yield* use(ready.lock);
          yield* ready.waitFor(() => isReady);
        });
      const notifier = () =>
        scope(function* (): Operation<void> {
          yield* use(ready.lock);
          isReady = true;
          ready.notify();
        });
      yield* together(root, waiter, notifier);
    },
  },

  "double close": {
    within: 5,
    finding: /closed 2 times/,
    *broken(root) {
      let open = true;
      let closed = 0;
      const close = function* (): Operation<void> {
        if (!open) return;
        yield* io(); // flushes
        open = false;
        closed++;
      };
      yield* together(root, close, close);
      must(closed === 1, `closed ${closed} times`);
    },
    *fixed(root) {
      let open = true;
      let closed = 0;
      const close = function* (): Operation<void> {
        if (!open) return;
        open = false; // before anything that waits
        yield* io();
        closed++;
      };
      yield* together(root, close, close);
      must(closed === 1, `closed ${closed} times`);
    },
  },

  "use after close": {
    within: 20,
    finding: /wrote to a closed file/,
    *broken(root) {
      let open = true;
      const write = function* (): Operation<void> {
        for (let i = 0; i < 3; i++) {
          must(open, "wrote to a closed file");
          yield* io();
        }
      };
      root.spawn(write, { name: "writer" });
      for (let i = 0; i < 4; i++) yield* io(); // surely it has written by now
      open = false;
    },
    *fixed(root) {
      let open = true;
      const write = function* (): Operation<void> {
        for (let i = 0; i < 3; i++) {
          must(open, "wrote to a closed file");
          yield* io();
        }
      };
      const writer = root.spawn(write, { name: "writer" });
      for (let i = 0; i < 4; i++) yield* io();
      yield* writer; // knows
      open = false;
    },
  },

  "order assumed between siblings": {
    within: 20,
    finding: /config was not there/,
    *broken(root) {
      let config: string | undefined;
      yield* together(
        root,
        function* () {
          yield* io();
          config = "loaded";
        },
        function* () {
          yield* io();
          yield* io();
          must(config !== undefined, "config was not there");
        },
      );
    },
    *fixed(root) {
      let config: string | undefined;
      const loaded = new Event({ name: "loaded" });
      yield* together(
        root,
        function* () {
          yield* io();
          config = "loaded";
          loaded.set();
        },
        function* () {
          yield* io();
          yield* loaded.wait();
          must(config !== undefined, "config was not there");
        },
      );
    },
  },

  "unfair starvation": {
    within: 50,
    finding: /was passed over/,
    large: true,
    *broken(root) {
      let free = true;
      const turns = { a: 0, b: 0 };
      const spinning = (name: "a" | "b") =>
        function* (): Operation<void> {
          for (let i = 0; i < 5; i++) {
            while (!free) yield* io(); // whoever looks first has it
            free = false;
            yield* io();
            free = true;
            turns[name]++;
            must(Math.abs(turns.a - turns.b) < 5, "one was passed over five times");
          }
        };
      yield* together(root, spinning("a"), spinning("b"));
    },
    *fixed(root) {
      const lock = new Lock();
      const turns = { a: 0, b: 0 };
      const queueing = (name: "a" | "b", start: Event) =>
        function* (): Operation<void> {
          yield* start.wait();
          for (let i = 0; i < 5; i++) {
            yield* lock.acquire(); // first come, first served
            yield* io();
            lock.release();
            turns[name]++;
          }
        };
      const start = new Event();
      start.set();
      yield* together(root, queueing("a", start), queueing("b", start));
      must(turns.a === turns.b, "one was passed over");
    },
  },

  "ABA on a cache": {
    within: 50,
    finding: /the stale value won/,
    large: true,
    *broken(root) {
      let cache = "old";
      const refresh = function* (): Operation<void> {
        const seen = cache;
        yield* io(); // fetches the old value's details
        yield* io();
        if (cache === seen) cache = `details of ${seen}, first edition`; // the same value is not the same state
      };
      let edition = 1;
      const edit = function* (): Operation<void> {
        yield* io();
        cache = "new";
        yield* io();
        edition = 2;
        cache = "old"; // back again, in its second edition
      };
      yield* together(root, refresh, edit);
      must(!(edition === 2 && cache.endsWith("first edition")), "the stale value won");
    },
    *fixed(root) {
      let cache = "old";
      let version = 0;
      let edition = 1;
      const refresh = function* (): Operation<void> {
        const [seen, at, read] = [cache, version, edition]; // a version never comes back
        yield* io();
        yield* io();
        if (version === at) cache = `details of ${seen}, edition ${read}`;
      };
      const edit = function* (): Operation<void> {
        yield* io();
        cache = "new";
        version++;
        yield* io();
        edition = 2;
        cache = "old";
        version++;
      };
      yield* together(root, refresh, edit);
      must(!(edition === 2 && cache.endsWith("edition 1")), "the stale value won");
    },
  },

  "thundering herd on expiry": {
    within: 5,
    finding: /[23] requests at once/,
    *broken(root) {
      let expired = true;
      let requests = 0;
      const read = function* (): Operation<void> {
        if (!expired) return;
        requests++;
        yield* io();
        expired = false;
      };
      yield* together(root, read, read, read);
      must(requests === 1, `${requests} requests at once`);
    },
    *fixed(root) {
      let expired = true;
      let requests = 0;
      const refreshing = new Lock();
      const read = () =>
        scope(function* (): Operation<void> {
          yield* use(refreshing);
          if (!expired) return; // somebody else has, meanwhile
          requests++;
          yield* io();
          expired = false;
        });
      yield* together(root, read, read, read);
      must(requests === 1, `${requests} requests at once`);
    },
  },
};

describe.each(Object.entries(gallery))("%s", (_name, { broken, fixed, within, finding, large }) => {
  for (const order of ["random", "pct"] as const) {
    test(`is found within ${within} schedules by ${order}, and told again by its seed`, async () => {
      const failure = await rejection(explore(broken, { order, runs: within }));
      expect(failure.message).toMatch(finding);
      const again = await rejection(explore(broken, { order, runs: 1, seed: failure.seed }));
      expect([again.log, String(again.cause)]).toEqual([failure.log, String(failure.cause)]);
    });
  }

  test("is gone in the fixed version", async () => {
    if (large) {
      for (const order of ["random", "pct"] as const) await explore(fixed, { order, runs: 1_000 });
      return;
    }
    const { runs, complete } = await explore.exhaustive(fixed);
    expect(complete).toBe(true);
    expect(runs).toBeGreaterThan(1);
  });
});

describe("leak on cancel", () => {
  const transaction = (give: "at the end" | "by use") =>
    function* (): Operation<void> {
      const pool = new Semaphore(1, { name: "pool" });
      const query = () =>
        scope(function* (): Operation<void> {
          if (give === "by use") yield* use(pool);
          else yield* pool.acquire();
          yield* sleep(10);
          if (give === "at the end") pool.release();
        });
      yield* query();
      yield* query();
    };

  test("is found at the wait where it happens", async () => {
    const failure = await rejection(sweepCancel(transaction("at the end")));
    expect(failure).toMatchObject({ code: "LEAK", leaks: [{ kind: "permits", name: "pool (1 missing)" }] });
  });

  test("is gone in the fixed version", async () => {
    const { runs } = await sweepCancel(transaction("by use"));
    expect(runs).toBeGreaterThan(2);
  });
});
