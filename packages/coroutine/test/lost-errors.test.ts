/*
 * Programs made by chance, in which anything may fail at any time: bodies, children, cleanups, also while they are
 * cancelled. Each error is an object of its own, and each has to be found again: in what a `catch` was given, in the
 * outcome, or among the reports.
 */
import { expect, test } from "vitest";
import {
  all,
  type CancelScope,
  call,
  checkpoint,
  currentTask,
  ensure,
  failAfter,
  group,
  isCancelled,
  mapAll,
  moveOnAfter,
  type Operation,
  race,
  run,
  scope,
  shield,
  sleep,
  use,
} from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { asCoroutine, chance } from "./support.ts";

class Failing {
  /** Every error that was thrown. */
  readonly thrown: unknown[] = [];
  /** Every error that somebody was given. */
  readonly found: unknown[] = [];
  private readonly scopes: CancelScope[] = [];
  private readonly pick: (below: number) => number;
  constructor(seed: number) {
    this.pick = chance(seed);
  }

  *main(): Operation<void> {
    for (let i = 0; i < 6; i++) yield* this.caught(() => this.anything(6));
  }

  /** Errors may be of any kind: one that carries no other, or has a cause already. */
  private fail(where: string): never {
    const text = `${this.thrown.length} in ${where}`;
    const kinds = [new Error(text), Object.freeze(new Error(text)), Symbol(text), new Error(text, { cause: "own" })];
    const error = kinds[Math.max(0, this.pick(6) - 2)];
    this.thrown.push(error);
    throw error;
  }

  private *anything(depth: number): Operation<unknown> {
    const { pick } = this;
    const next = (): Operation<unknown> => this.anything(depth - 1);
    const within = (s: CancelScope): Operation<unknown> => this.within(s, next);
    switch (depth <= 0 || pick(6) === 0 ? pick(4) : 4 + pick(15)) {
      case 0:
        return yield* checkpoint();
      case 1:
        return yield* sleep(pick(6));
      case 2:
        this.scopes.at(-1 - pick(4))?.cancel("by chance");
        return yield* sleep(1);
      case 3:
        return pick(2) === 0 ? yield* sleep(1) : this.fail("a leaf");
      case 4:
        for (let i = pick(3); i >= 0; i--) yield* next();
        return;
      case 5:
        return yield* this.rudeCleanup(next);
      case 6:
        return yield* this.inGroup(next);
      case 7:
        return yield* scope(within, pick(2) === 0 ? { cleanupMs: 30 } : {});
      case 8:
        return yield* moveOnAfter(pick(9), within);
      case 9:
        return yield* failAfter(pick(9), within);
      case 10:
        return yield* shield(within);
      case 11:
        return yield* call(next);
      case 12:
        return yield* (pick(2) === 0 ? all : race)([next, next, next].slice(pick(2)));
      case 13:
        return yield* this.withCleanups(next);
      case 14:
        return yield* asCoroutine(next);
      case 15:
        return yield* this.caught(next);
      case 16:
        return yield* mapAll([1, 2, 3], next, { limit: 1 + pick(3) });
      case 17:
        return yield* this.started(next);
      default:
        yield* next();
        return this.fail("what comes after");
    }
  }

  private *within(s: CancelScope, body: () => Operation<unknown>): Operation<unknown> {
    this.scopes.push(s);
    return yield* body();
  }

  /** What a `finally` throws replaces the error it was come to with: that is JavaScript's, and so it is left alone here. */
  private *rudeCleanup(body: () => Operation<unknown>): Operation<unknown> {
    let failed = false;
    try {
      return yield* body();
    } catch (error) {
      failed = !isCancelled(error);
      throw error;
    } finally {
      if (!failed) {
        yield* sleep(this.pick(2));
        if (this.pick(3) === 0 && currentTask()?.phase === "cancelling") this.fail("a finally");
      }
    }
  }

  private *inGroup(body: () => Operation<unknown>): Operation<unknown> {
    const { pick } = this;
    const inGroup = group(
      (g) => {
        for (let i = pick(3); i >= 0; i--) g.spawn(body, { eager: pick(2) === 0 });
        return this.within(g, body);
      },
      { onCancel: () => "cancelled" },
    );
    return yield* inGroup;
  }

  private *started(body: () => Operation<unknown>): Operation<unknown> {
    const { pick } = this;
    return yield* this.inGroup(function* () {
      yield* group(
        function* (g) {
          yield* g.start(function* (ready) {
            if (pick(2) === 0) yield* body();
            ready();
            yield* body();
          });
          yield* body();
        },
        { onCancel: () => undefined },
      );
    });
  }

  private *withCleanups(body: () => Operation<unknown>): Operation<unknown> {
    const maybe = (where: string): (() => Operation<void>) =>
      function* (this: Failing): Operation<void> {
        yield* sleep(this.pick(2));
        if (this.pick(2) === 0) this.fail(where);
      }.bind(this);
    return yield* scope(function* () {
      yield* ensure(maybe("ensure"));
      yield* use({ acquire: () => sleep(1), release: maybe("a release") });
      return yield* body();
    });
  }

  private *caught(body: () => Operation<unknown>): Operation<unknown> {
    try {
      return yield* body();
    } catch (error) {
      if (isCancelled(error) && currentTask()?.phase === "cancelling") throw error;
      this.found.push(error);
      return "failed";
    }
  }
}

/** All that is to be found in `errors` and in what they carry. */
function within(errors: readonly unknown[]): Set<unknown> {
  const all = new Set(errors);
  for (const error of all) {
    if (!(error instanceof Error)) continue;
    const { cause, suppressed = [], errors = [], reason } = error as unknown as Record<string, unknown[]>;
    for (const carried of [cause, reason, ...suppressed, ...errors]) all.add(carried);
  }
  return all;
}

test("C3 no error of 500 programs made by chance is lost", () => {
  const first = Number(process.env["SEED"] ?? 1);
  let thrown = 0;
  for (let seed = first; seed < first + 500; seed++) {
    const program = new Failing(seed);
    const loop = new VirtualLoop({
      seed,
      order: seed % 4 < 2 ? "fifo" : "random",
      onError: (error) => void program.found.push(error),
    });
    const task = run(() => program.main(), { loop });
    task.addDoneCallback(() => {});
    if (seed % 3 !== 0) loop.callLater(seed % 61, () => void task.cancel("from outside"));
    loop.runUntilIdle();
    while (loop.advanceToNext());
    const { outcome } = task;
    if (outcome !== undefined && outcome.status !== "fulfilled") program.found.push(outcome.reason);
    const found = within(program.found);
    const lost = program.thrown.filter((error) => !found.has(error)).map(String);
    if (lost.length > 0 || outcome === undefined) expect({ lost, outcome }, `seed ${seed}`).toBe("nothing is lost");
    thrown += program.thrown.length;
  }
  expect(thrown).toBeGreaterThan(1_500);
});
