/**
 * The contract of the streams: the consumer asks, and the source pushes until told "enough". A promise or a parked
 * task exists only after WAIT. There is no sentinel in band: `undefined`, futures and symbols are items.
 */
import type { Operation, Scheduler, TaskGroup } from "@skein/coroutine";

/** What a pump answers. */
export const END = 0;
export const MORE = 1;
export const WAIT = 2;
export type Pumped = typeof END | typeof MORE | typeof WAIT;

/** **S6** How a run ended, exactly once. `reason` is the very object given to cancel(), abort() or close(). */
export type End =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: unknown }
  | {
      readonly kind: "stopped";
      readonly by: "consumer" | "user" | "peer" | "deadline" | "shutdown" | "lag";
      readonly reason?: unknown;
    };

/** Where items go. A stateless operator is a sink around a sink. */
export interface Sink<T> {
  /**
   * **S1** true: more. false: enough, push no more in this pump. Never waits; never calls pump().
   * **S7** A throw is the consumer's failure: let it pass. Whoever catches around pump() must first mark errors of
   * its own push().
   */
  readonly push: (item: T) => boolean;
}

/** One run. Only its host calls it, never re-entrantly (close excepted). */
export interface Source {
  /**
   * **S1** Push at most `budget` items, in order (**S2**), stopping when push() says false: then answer MORE.
   * END: no more, for ever (**S3**). MORE: call again when you like. WAIT: nothing now; host.wake() will follow.
   * Throws: the source failed, after every item before the failure was pushed (S2); afterwards END.
   * **S8** Whoever loops pays: each push, each skipped item and each inner pump() costs one of the budget.
   */
  pump(budget: number): Pumped;
  /**
   * **S4** Idempotent; legal before the first pump (then nothing is started), during WAIT, and inside push():
   * nothing is pushed after it. undefined: over already; else an operation that ends when every finally has run.
   * **S5** The host calls it once on every path, also after END and after a throw, and waits for it.
   */
  close(end: End): Operation<void> | undefined;
}

/** Who consumes. An operator with several inputs gives each its own host. */
export interface Host {
  /** **S9** After WAIT, at least once; may be early, spurious or re-entrant; never pumps by itself; ignored after close. */
  wake(): void;
  /** **S10** True only while really parked: false once woken *or asked to cancel*. A rendezvous hands over only then. */
  readonly waiting: boolean;
  /** **S11** Where tasks of this run live; null unless the stream said `tasks`. */
  readonly owner: TaskGroup | null;
  /** **S12** All time is this loop's. */
  readonly scheduler: Scheduler;
}

/** A recipe for runs: nothing happens until `open`, and not before the first pump. */
export interface Streamable<T> {
  readonly open: (host: Host, sink: Sink<T>) => Source;
  /** True if a run needs an owner for tasks. */
  readonly tasks: boolean;
}
