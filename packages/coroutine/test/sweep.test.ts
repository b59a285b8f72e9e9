/*
 * Cancels programs before each single callback that they make the loop run, and at pairs of such places, in several
 * orders of the loop, and looks whether anything is left behind or anything ran twice, half, or not at all.
 */
import { describe, expect, test } from "vitest";
import {
  all,
  any,
  bridge,
  call,
  checkpoint,
  coroutine,
  currentTask,
  detach,
  ensure,
  Future,
  failAfter,
  group,
  mapAll,
  moveOnAfter,
  type Operation,
  orphans,
  race,
  run,
  scope,
  settled,
  shield,
  sleep,
  type Task,
  type TaskGroup,
  until,
  use,
  type Wait,
} from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { read } from "./support.ts";

/** Counts the callbacks that it runs, and does something before a chosen one. */
class CountingLoop extends VirtualLoop {
  count = 0;
  readonly actions = new Map<number, () => void>();
  override callSoon(callback: (arg: never) => void, arg?: unknown): void {
    super.callSoon(() => {
      this.actions.get(++this.count)?.();
      callback(arg as never);
    });
  }
  override callLater(
    delayMs: number,
    callback: (arg: never) => void,
    arg?: unknown,
  ): ReturnType<VirtualLoop["callLater"]> {
    let gone = false;
    const timer = super.callLater(delayMs, () => {
      this.actions.get(++this.count)?.();
      if (!gone) callback(arg as never); // else it was cancelled by that action, before it had fired
    });
    const cancel = (): void => {
      gone = true;
      timer.cancel();
    };
    return { deadlineMs: timer.deadlineMs, cancelled: gone, cancel };
  }
}

/** What a program is watched by. */
class Watch {
  readonly loop: CountingLoop;
  readonly futures: Future<unknown>[] = [];
  /** What else may be cancelled, beside the whole. */
  readonly targets: { cancel(reason: unknown): boolean }[] = [];
  readonly cleanups: { begun: number; done: number; asked: boolean }[] = [];
  constructor(loop: CountingLoop) {
    this.loop = loop;
  }

  /**
   * `body`, with a cleanup that waits in between, and has to run once and to its end. If it was not begun by an ask,
   * but because the body was over, it is code like any other, and may be asked once itself.
   */
  *guard<T>(body: () => Operation<T>): Operation<T> {
    const cleanup = { begun: 0, done: 0, asked: false };
    this.cleanups.push(cleanup);
    try {
      return yield* body();
    } finally {
      cleanup.begun++;
      cleanup.asked = currentTask()?.phase === "cancelling";
      yield* checkpoint();
      yield* sleep(2);
      cleanup.done++;
    }
  }

  /** A wait of `ms` in such a guard. */
  nap(ms: number): () => Operation<number> {
    return () =>
      this.guard(function* () {
        yield* sleep(ms);
        return ms;
      });
  }

  pending<T>(name: string): ReturnType<typeof Future.withResolvers<T>> {
    const made = Future.withResolvers<T>({ loop: this.loop, name });
    this.futures.push(made.future);
    return made;
  }

  target<T extends { cancel(reason: unknown): boolean }>(target: T): T {
    this.targets.push(target);
    return target;
  }

  resource(name: string): { acquire(): Operation<string>; release(): Operation<void> } {
    const cleanup = { begun: 0, done: 0, asked: true }; // what `use` gives back is never cut off
    const watch = this;
    return {
      *acquire() {
        yield* sleep(1);
        yield* checkpoint();
        watch.cleanups.push(cleanup);
        return name;
      },
      *release() {
        cleanup.begun++;
        yield* sleep(1);
        cleanup.done++;
      },
    };
  }
}

/** Each with the outcomes it may have, beside being cancelled as a whole: the first is the one when left alone. */
const programs: Record<string, [(w: Watch, root: TaskGroup) => Operation<unknown>, RegExp]> = {
  sleep: [(w) => w.nap(5)(), /^fulfilled 5$/],
  "nested finallys": [(w) => w.guard(() => w.guard(() => w.guard(w.nap(3)))), /^fulfilled 3$/],
  "call frames": [(w) => w.guard(() => call(w.guard(() => call(w.nap(3))))), /^fulfilled 3$/],
  "quick checkpoints": [
    (w) =>
      w.guard(function* () {
        for (let i = 0; i < 5; i++) yield* checkpoint();
      }),
    /^fulfilled undefined$/,
  ],
  "done futures": [
    (w) =>
      w.guard(function* () {
        let sum = 0;
        for (let i = 0; i < 5; i++) sum += yield* Future.resolve(i, { loop: w.loop });
        return sum;
      }),
    /^fulfilled 10$/,
  ],
  "children of run": [
    function* (w, root) {
      for (const ms of [1, 3]) w.target(root.spawn(w.nap(ms)));
      yield* sleep(2);
    },
    /^fulfilled undefined$/,
  ],
  "a group": [
    (w) =>
      w.guard(() =>
        group(
          function* (g) {
            w.target(g);
            for (const ms of [1, 4]) g.spawn(w.nap(ms));
            yield* w.nap(2)();
            return "group";
          },
          { onCancel: () => "stopped" },
        ),
      ),
    /^fulfilled (group|stopped)$/,
  ],
  "groups in groups": [
    (w) =>
      group(
        function* (g) {
          g.spawn(() =>
            group(function* (h) {
              w.target(h.spawn(w.nap(3)));
              h.spawn(() =>
                w.guard(() =>
                  group(function* (k) {
                    k.spawn(w.nap(1));
                  }),
                ),
              );
            }),
          );
          return yield* w.nap(2)();
        },
        { onCancel: () => 2 },
      ),
    /^fulfilled 2$/,
  ],
  "eager children": [
    (w) =>
      group(function* (g) {
        for (const ms of [1, 2]) w.target(g.spawn(w.nap(ms), { eager: true }));
      }),
    /^fulfilled undefined$/,
  ],
  "a failing child": [
    (w) =>
      group(function* (g) {
        g.spawn(w.nap(4));
        g.spawn(function* () {
          yield* sleep(2);
          throw new Error("boom");
        });
        yield* w.nap(9)();
      }),
    /^rejected GroupError \[Error: boom\]$/,
  ],
  "a scope": [
    (w) =>
      scope(function* (s) {
        w.target(s);
        return yield* w.nap(3)();
      }),
    /^fulfilled (3|undefined)$/,
  ],
  "failAfter, in time": [(w) => failAfter(9, w.nap(3)), /^fulfilled 3$/],
  "failAfter, too late": [(w) => failAfter(3, w.nap(9)), /^rejected TimeoutError/],
  "moveOnAfter around a group": [
    (w) =>
      moveOnAfter(3, () =>
        group(function* (g) {
          for (const ms of [1, 9]) g.spawn(w.nap(ms));
        }),
      ),
    /^fulfilled undefined$/,
  ],
  "a shield": [(w) => w.guard(() => shield(w.nap(3))), /^fulfilled 3$/],
  "a hand-over": [
    (w, root) => {
      const { future, resolve } = w.pending<number>("hand-over");
      for (let i = 0; i < 2; i++)
        w.target(root.spawn(() => w.guard(() => future), { onError: "owner" })).addDoneCallback(() => {});
      return w.guard(function* () {
        yield* sleep(2);
        resolve(7);
        return yield* future;
      });
    },
    /^fulfilled 7$/,
  ],
  all: [(w) => all([w.nap(1), w.nap(3), Future.resolve(0, { loop: w.loop })]), /^fulfilled \[1,3,0\]$/],
  race: [(w) => race([w.nap(3), w.nap(1), w.pending<number>("loser").future]), /^fulfilled 1$/],
  any: [
    (w) =>
      any([
        function* (): Operation<number> {
          yield* sleep(1);
          throw new Error("down");
        },
        w.nap(2),
        w.nap(9),
      ]),
    /^fulfilled 2$/,
  ],
  settled: [
    function* (w) {
      return (yield* settled([w.nap(1), w.nap(2)])).map(({ status }) => status);
    },
    /^fulfilled \["fulfilled","fulfilled"\]$/,
  ],
  mapAll: [(w) => mapAll([2, 1, 1], (ms) => w.nap(ms)(), { limit: 2 }), /^fulfilled \[2,1,1\]$/],
  "use and ensure": [
    (w) =>
      scope(function* (s) {
        w.target(s);
        const name = yield* use(w.resource("lock"));
        yield* ensure(w.nap(1));
        yield* use(w.resource("other"));
        yield* sleep(2);
        return name;
      }),
    /^fulfilled (lock|undefined)$/,
  ],
  "a coroutine that waits": [
    function* (w) {
      const c = coroutine(function* (): Generator<number | Wait, string, number> {
        return yield* w.guard(function* () {
          const first = yield* echo(1);
          yield* sleep(1);
          return `sum ${first + (yield* echo(2))}`;
        } as () => Operation<string>);
      })();
      yield* c.next();
      yield* c.send(10);
      return (yield* c.send(20)).value;
    },
    /^fulfilled sum 30$/,
  ],
  "detached work": [
    function* (w) {
      w.target(detach(w.nap(9), { onError() {} }));
      return yield* w.nap(1)();
    },
    /^fulfilled 1$/,
  ],
  "a promise": [
    (w) =>
      w.guard(() =>
        until((signal) => {
          const { future, resolve } = w.pending<string>("promise");
          const timer = w.loop.callLater(3, () => resolve("kept"));
          signal.addEventListener("abort", () => timer.cancel() === undefined && future.cancel(signal.reason));
          return future;
        }),
      ),
    /^fulfilled kept$/,
  ],
  "a cleanup with a group": [
    function* (w) {
      try {
        return yield* w.nap(2)();
      } finally {
        yield* w.guard(() =>
          group(function* (g) {
            for (const ms of [1, 3]) g.spawn(w.nap(ms));
          }),
        );
      }
    },
    /^fulfilled 2$/,
  ],
  "tasks joined": [
    function* (w, root) {
      const child = w.target(root.spawn(w.nap(3), { onError: "owner" }));
      const { status } = yield* child.join();
      return `${status} ${currentTask()?.phase}`;
    },
    /^fulfilled (fulfilled|cancelled) ready$/,
  ],
};

function* echo(n: number): Generator<number, number, number> {
  return yield n;
}

const clean = {
  end: "allowed",
  phase: "ended",
  timers: 0,
  holds: [],
  waiters: [],
  cleanups: [],
  bridge: [null, null, false],
  orphans: 0,
};

interface Orders {
  readonly order: "fifo" | "random";
  readonly seed: number;
}

/** Runs a program with `cancels`: before the given callback, the whole or the last target registered by then. */
function sweep(
  name: string,
  orders: Orders,
  cancels: readonly (readonly [at: number, what: "whole" | "target"])[],
): CountingLoop {
  const [main, allowed] = programs[name] as (typeof programs)[string];
  const loop = new CountingLoop(orders);
  const w = new Watch(loop);
  const task: Task<unknown> = run((root) => main(w, root), { loop, name });
  task.addDoneCallback(() => {});
  for (const [at, what] of cancels) {
    loop.actions.set(at, () => {
      if (what === "whole") task.cancel("swept");
      else w.targets.at(-1)?.cancel("target");
    });
  }
  loop.runUntilIdle();
  while (loop.advanceToNext());

  const end = read(task);
  const mayBe = cancels.some(([, what]) => what === "whole") && end === "cancelled swept";
  const left = {
    end: allowed.test(end) || mayBe ? "allowed" : end,
    phase: task.phase,
    timers: loop.timers,
    holds: loop.holds,
    waiters: w.futures.filter((future) => future.firstWaiter !== null).map((future) => future.name),
    cleanups: w.cleanups.filter(({ begun, done, asked }) => begun !== 1 || (asked && done !== 1)),
    bridge: [bridge.running, bridge.request, bridge.resumed],
    orphans: orphans().length,
  };
  // Thousands of runs: `expect` only where it has something to say.
  if (JSON.stringify(left) !== JSON.stringify(clean)) {
    expect(left, `${name} ${JSON.stringify(orders)}, cancelled ${JSON.stringify(cancels)}`).toEqual(clean);
  }
  return loop;
}

const orders: Orders[] = [
  { order: "fifo", seed: 0 },
  ...[1, 2, 3, 4].map((seed) => ({ order: "random" as const, seed })),
];

describe("sweep", () => {
  for (const name of Object.keys(programs)) {
    test(`${name}: left alone, cancelled before every callback, and at pairs of them`, () => {
      for (const order of orders) {
        const { count } = sweep(name, order, []);
        expect(count).toBeGreaterThan(3);
        for (let at = 1; at <= count + 1; at++) sweep(name, order, [[at, "whole"]]);
        if (order.seed > 1) continue;
        for (let first = 1; first <= count; first++) {
          for (const second of [1, 2, 3, 5, 8].map((apart) => first + apart)) {
            sweep(name, order, [
              [first, "whole"],
              [second, "target"],
            ]);
            sweep(name, order, [
              [first, "target"],
              [second, "whole"],
            ]);
          }
        }
      }
    });
  }
});
