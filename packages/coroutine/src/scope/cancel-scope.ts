/**
 * A scope is a stretch of one task's work that can be cancelled as a whole. Scopes point outwards only; what is
 * inside one is found through the task that opened it and, from groups, through their children (`delivery.ts`).
 */
import { bridge, CancelledError, makeCancelled, shownAs, type TimerHandle } from "@skein/future";
import type { Operation } from "../operation.ts";
import { requireMs, requireOptions, say } from "../task/body.ts";
import type { Task } from "../task/task.ts";
import type { Cleanups } from "./cleanup.ts";
import { askLevel, reach, reachesFrom } from "./delivery.ts";
import { ownController } from "./own-signals.ts";

/** @internal How long cancelled work may clean up before its waits throw again, unless a scope says otherwise. */
export const CLEANUP_MS = 5000;

export interface ScopeOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
  /** Milliseconds from a cancel until every wait throws again; 0 or more, 5000 by default, Infinity: never. */
  readonly cleanupMs?: number | undefined;
  /** When the scope cancels itself, in loop time (`effectiveDeadline()`'s clock). Infinity, the default: never. */
  readonly deadlineMs?: number | undefined;
}

/** The cancel of a scope: who, why, since when. */
export interface Cancellation {
  /** The one error that this cancel throws wherever it reaches. Its stack tells who asked. */
  readonly error: CancelledError;
  readonly sinceMs: number;
  /** When the budget for cleaning up is spent. */
  readonly overdueMs: number;
  readonly byDeadline: boolean;
}

const Shown: new () => object = /* @__PURE__ */ shownAs(
  class {},
  ({ cancelCalled, open, deadlineMs }: CancelScope) => ({
    state: cancelCalled ? "cancelled" : open ? "open" : "ended",
    deadlineMs,
  }),
);

/**
 * What `scope(…)` gives to its body: a part of a task that can be cancelled by itself, or at a time.
 *
 * @example
 * ```ts
 * import { run, scope, sleep } from "@skein/coroutine";
 *
 * await run(function* () {
 *   const answer = yield* scope(function* (s) {
 *     s.cancel("changed my mind");
 *     yield* sleep(1_000); // throws a CancelledError, which the scope absorbs
 *     return 42;
 *   });
 *   console.log(answer); // undefined
 * });
 * ```
 */
export class CancelScope extends Shown {
  readonly name: string;
  /** True once this scope has absorbed its own cancellation. */
  cancelCaught: boolean;
  /** @internal The task that opened it. */
  readonly owner: Task<unknown>;
  /** @internal The next scope outwards: of the same task, or the group that the task is in. */
  parent: CancelScope | null;
  /** @internal Scopes outside reach nothing inside. */
  readonly shielded: boolean;
  /** @internal Opened to clean up after an ask: not reached by asks from outside, but insisted through. */
  readonly cleanup: boolean;
  /** @internal */
  cancellation: Cancellation | null;
  /** @internal */
  open: boolean;
  /** @internal */
  cleanups: Cleanups | null;
  /** @internal */ readonly cleanupMs: number;
  private deadline: number;
  private deadlineTimer: TimerHandle | null;
  private insistTimer: TimerHandle | null;
  private controller: AbortController | null;

  /** @internal */
  constructor(
    owner: Task<unknown>,
    parent: CancelScope | null,
    options: ScopeOptions | undefined,
    kind?: "shield" | "cleanup",
  ) {
    super();
    this.name = say(options?.name ?? "");
    this.owner = owner;
    this.parent = parent;
    this.shielded = kind === "shield";
    this.cleanup = kind === "cleanup" || (owner.trouble !== null && askLevel(owner) === parent);
    this.cleanupMs = options?.cleanupMs ?? CLEANUP_MS;
    this.cancelCaught = false;
    this.cancellation = null;
    this.open = true;
    this.cleanups = null;
    this.deadline = Number.POSITIVE_INFINITY;
    this.deadlineTimer = null;
    this.insistTimer = null;
    this.controller = null;
  }

  /** True once `cancel` was called or the deadline has passed, whatever has come of it. */
  get cancelCalled(): boolean {
    return this.cancellation !== null;
  }

  /**
   * Cancels everything in the scope: each task in it gets a CancelledError with this `reason` at its wait.
   * What was already handed its value keeps it, and meets the cancel at its next wait.
   * @returns false if it was cancelled before, or has ended: the first reason stands.
   */
  cancel(reason?: unknown): boolean {
    return this.cancelWith(reason, false);
  }

  /** When it cancels itself, in loop time; Infinity: never. May be moved until it has passed. @throws {RangeError | TypeError} If NaN or no number. */
  get deadlineMs(): number {
    return this.deadline;
  }
  set deadlineMs(deadlineMs: number) {
    requireMs(deadlineMs, `change ${this.describe()}`, "deadlineMs", -1 / 0, "milliseconds of loop time");
    this.deadline = deadlineMs;
    this.deadlineTimer?.cancel();
    this.deadlineTimer = null;
    if (!this.open || this.cancellation !== null || deadlineMs === Number.POSITIVE_INFINITY) return;
    const loop = this.owner.loop;
    if (deadlineMs <= loop.now()) this.cancelWith(undefined, true);
    else this.deadlineTimer = loop.callAt(deadlineMs, deadlinePassed, this as CancelScope);
  }

  /** A platform signal that aborts, with the same `reason`, when this scope is cancelled or one outside that reaches it. */
  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = ownController();
      this.refreshSignal();
    }
    return this.controller.signal;
  }

  get [Symbol.toStringTag](): string {
    return "CancelScope";
  }

  /** How reports and dumps call it. */
  describe(): string {
    if (this.owner.own === this) return this.owner.describe();
    return this.name === "" ? `a ${this.kind} of ${this.owner.describe()}` : `${this.kind} "${this.name}"`;
  }

  /** @internal */
  protected get kind(): string {
    return "scope";
  }

  /** @internal `news`: false if all that is in it is being cancelled already. */
  cancelWith(reason: unknown, byDeadline: boolean, news: boolean = true): boolean {
    if (!this.open || this.cancellation !== null) return false;
    const { loop } = this.owner;
    const sinceMs = loop.now();
    const asker = bridge.running === null ? "code outside any task" : `task "${bridge.running.name}"`;
    const by = byDeadline ? "its deadline" : asker;
    const why = reason === undefined ? "" : `: ${say(reason)}`;
    const error = makeCancelled(reason, this, `${this.describe()} was cancelled by ${by}${why}`);
    this.cancellation = { error, sinceMs, overdueMs: sinceMs + this.cleanupMs, byDeadline };
    this.deadlineTimer?.cancel();
    this.deadlineTimer = null;
    if (this.cleanupMs > 0 && this.cleanupMs !== Number.POSITIVE_INFINITY) {
      this.insistTimer = loop.callLater(this.cleanupMs, insist, this as CancelScope);
    }
    if (news || this.cleanupMs === 0) reach(this);
    return true;
  }

  /** @internal Aborts `signal` if a cancel reaches this scope by now. */
  refreshSignal(): void {
    if (this.controller === null) return;
    const error = reachesFrom(this)?.cancellation?.error;
    if (error) this.controller.abort(error.reason === undefined ? error : error.reason); // what is aborted already stays so
  }

  /** @internal Ends the scope: it can be cancelled no more and keeps no timer. */
  leave(): void {
    if (!this.open) return;
    this.open = false;
    this.deadlineTimer?.cancel();
    this.insistTimer?.cancel();
    this.deadlineTimer = this.insistTimer = null;
  }

  /** @internal A cancel from further out, or its own, has come here; `tasks` collects who else it reaches. */
  reached(_tasks: Task<unknown>[]): void {
    this.refreshSignal();
  }

  /** @internal What it does once its body has ended. */
  bodyEnded(_failed: boolean, _error: unknown): void {}

  /** @internal What it has to wait for now before it can end; null: nothing. */
  join(): Operation<void> | null {
    return null;
  }

  /** @internal True if it ends with errors that are more than a cancellation. */
  hasErrors(failed: boolean, error: unknown): boolean {
    return failed && !(error instanceof CancelledError);
  }

  /** @internal True if `error` is this scope's own cancellation, which then ends here. */
  absorbs(error: unknown): boolean {
    return this.cancellation !== null && error === this.cancellation.error;
  }
}

/** @throws {TypeError | RangeError} If one of the times is none. At the call, where it is written. */
export function checkScopeOptions(options: ScopeOptions | undefined, what: string): void {
  requireOptions(options, what);
  if (options?.deadlineMs !== undefined) requireMs(options.deadlineMs, what, "deadlineMs");
  if (options?.cleanupMs !== undefined) requireMs(options.cleanupMs, what, "cleanupMs", 0);
}

const deadlinePassed = (scope: CancelScope): void => void scope.cancelWith(undefined, true);
const insist = (scope: CancelScope): void => reach(scope);
