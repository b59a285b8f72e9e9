/*
 * Programs made by chance, of everything that can be put into everything, with cancels and deadlines at any time and
 * in any order of the loop. Whatever they do, they end, clean up, and leave nothing behind.
 */
import { describe, expect, test } from "vitest";
import {
  all,
  bridge,
  CancelledError,
  type CancelScope,
  call,
  checkpoint,
  currentTask,
  ensure,
  group,
  moveOnAfter,
  type Operation,
  race,
  run,
  scope,
  settled,
  shield,
  sleep,
  type TaskGroup,
} from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { asCoroutine, chance } from "./support.ts";

interface Cleanup {
  readonly what: string;
  begun: number;
  done: number;
  /** It was begun by an ask, or registered, so that nothing may cut it off. */
  safe: boolean;
}

class Program {
  readonly cleanups: Cleanup[] = [];
  readonly scopes: CancelScope[] = [];
  private readonly pick: (below: number) => number;
  constructor(seed: number) {
    this.pick = chance(seed);
  }

  *main(): Operation<void> {
    for (let i = 0; i < 8; i++) yield* this.caught(() => this.anything(6));
  }

  /** What may be put anywhere. `depth` bounds the nesting. */
  *anything(depth: number): Operation<unknown> {
    const { pick } = this;
    const next = (): Operation<unknown> => this.anything(depth - 1);
    switch (depth <= 0 || pick(6) === 0 ? pick(3) : 3 + pick(11)) {
      case 0:
        return yield* checkpoint();
      case 1:
        return yield* sleep(pick(6));
      case 2:
        this.scopes.at(-1 - pick(4))?.cancel("by chance");
        return yield* sleep(1);
      case 3:
        for (let i = pick(3); i >= 0; i--) yield* next();
        return;
      case 4:
        return yield* this.guard(next);
      case 5:
        return yield* this.inGroup((g) => {
          for (let i = pick(3); i >= 0; i--) g.spawn(next, { eager: pick(2) === 0 });
        }, next);
      case 6:
        return yield* scope((s) => this.within(s, next), pick(2) === 0 ? { cleanupMs: 30 } : {});
      case 7:
        return yield* moveOnAfter(pick(9), next);
      case 8:
        return yield* shield(next);
      case 9:
        return yield* call(next);
      case 10:
        return yield* [all, race, settled][pick(3)]?.([next, next]) ?? checkpoint();
      case 11:
        return yield* this.registered(next);
      case 12:
        return yield* asCoroutine(next);
      default:
        return yield* this.caught(function* (): Operation<unknown> {
          yield* next();
          throw new Error("by chance");
        });
    }
  }

  private *within(s: CancelScope, body: () => Operation<unknown>): Operation<unknown> {
    this.scopes.push(s);
    return yield* body();
  }

  private *guard(body: () => Operation<unknown>): Operation<unknown> {
    const cleanup: Cleanup = { what: "finally", begun: 0, done: 0, safe: false };
    this.cleanups.push(cleanup);
    try {
      return yield* body();
    } finally {
      cleanup.begun++;
      cleanup.safe = currentTask()?.phase === "cancelling";
      yield* checkpoint();
      yield* sleep(1);
      cleanup.done++;
    }
  }

  private *registered(body: () => Operation<unknown>): Operation<unknown> {
    const cleanup: Cleanup = { what: "ensure", begun: 0, done: 0, safe: true };
    return yield* scope((s) =>
      this.within(
        s,
        function* (this: Program): Operation<unknown> {
          this.cleanups.push(cleanup);
          yield* ensure(function* () {
            cleanup.begun++;
            yield* sleep(1);
            cleanup.done++;
          });
          return yield* body();
        }.bind(this),
      ),
    );
  }

  private *inGroup(spawn: (g: TaskGroup) => void, body: () => Operation<unknown>): Operation<unknown> {
    const inGroup = group(
      (g) =>
        this.within(g, function* () {
          spawn(g);
          return yield* body();
        }),
      { onCancel: () => "cancelled" },
    );
    return yield* this.caught(() => inGroup);
  }

  /** Errors by chance end here; cancellations do not. */
  private *caught(body: () => Operation<unknown>): Operation<unknown> {
    try {
      return yield* body();
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      return "failed";
    }
  }
}

function play(seed: number): void {
  const loop = new VirtualLoop({ seed, order: seed % 2 === 0 ? "fifo" : "random", maxCallbacks: 50_000 });
  const program = new Program(seed);
  const task = run(() => program.main(), { loop });
  task.addDoneCallback(() => {});
  if (seed % 3 !== 0) loop.callLater(seed % 61, () => void task.cancel("from outside"));
  loop.runUntilIdle();
  while (loop.advanceToNext());
  const left = {
    phase: task.phase,
    timers: loop.timers,
    bridge: [bridge.running, bridge.request, bridge.resumed],
    cleanups: program.cleanups.filter(({ begun, done, safe }) => begun !== 1 || (safe && done !== 1)),
  };
  if (left.phase !== "ended" || left.timers > 0 || left.cleanups.length > 0 || left.bridge.some(Boolean)) {
    expect(left, `seed ${seed}`).toEqual({ phase: "ended", timers: 0, bridge: [null, null, false], cleanups: [] });
  }
}

describe("programs made by chance", () => {
  test("2,000 of them end, clean up, and leave nothing behind", () => {
    const first = Number(process.env["SEED"] ?? 1);
    for (let seed = first; seed < first + 2000; seed++) play(seed);
  });
});
