/*
 * The bridge from a promise to a future: it holds the loop while it waits, cancels the future when a signal says so,
 * and takes back whatever it has put anywhere as soon as the future is settled, by whichever way. (F4)
 */
import type { Hold } from "@skein/loop";
import { type CancelledError, isCancelled } from "./errors.ts";
import { leash } from "./follow.ts";
import type { Future } from "./future.ts";
import { cancelWith, fulfil, reject, slotOf, statusOf } from "./internal.ts";
import { MAKE, type Then, thenOf, wrong } from "./options.ts";
import { CANCELLED, PENDING } from "./outcome.ts";
import type { CancelHook } from "./reaction.ts";
import { reasonFor } from "./signal.ts";

/** What `Future.from` takes: something to wait for, or a function that starts it and gets a signal to stop it. */
export type Source<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>);

/** What a future of a promise has in its slot. */
export class Link<T> implements CancelHook {
  /** Set by who takes over the errors of all it waits for: a late one is dropped, not reported. (F7) */
  quiet = false;
  #abort: AbortController | undefined;
  /** What there is to take back: the hold of a promise, or the `then` of a future. */
  #held: Hold | undefined;
  #unfollow: (() => void) | undefined;

  /** Starts waiting: by `then`, which is the source's; without, it is a function, not called if the signal has spoken before. */
  follow(
    target: Future<T>,
    source: Source<T>,
    then: Then | undefined,
    isFuture: (source: unknown) => source is Future<unknown>,
    signal?: AbortSignal,
  ): void {
    if (signal !== undefined) this.#unfollow = leash(signal, target);
    let promise = source;
    let answered = false; // the first answer counts, whatever a thenable says after it
    const rejected = (error: unknown): void => {
      if (answered) return;
      answered = true;
      this.#release();
      if (isFuture(promise) && statusOf(promise) === CANCELLED) cancelWith(target, error as CancelledError);
      else if (
        !reject(target, error) &&
        !this.quiet &&
        !saysAborted(error, (slotOf(target) as CancelledError).reason)
      ) {
        target.loop.reportError(error, { what: "late rejection", name: target.name });
      }
    };
    try {
      if (!then) {
        if (statusOf(target) !== PENDING) return;
        this.#abort = new AbortController();
        promise = (source as (signal: AbortSignal) => PromiseLike<T>)(this.#abort.signal);
        then = thenOf(promise);
        if (!then) throw wrong(MAKE, "what the function returned", promise, "a promise");
      }
      // Also for a target that is cancelled already: or the promise's rejection would be nobody's.
      const following = then.call(
        promise as PromiseLike<T>,
        (value: unknown) => {
          if (answered) return;
          answered = true;
          this.#release();
          fulfil(target, value as T);
        },
        rejected,
      );
      this.#held = isFuture(following)
        ? { release: () => void following.cancel() }
        : target.loop.hold(target.describe());
      if (statusOf(target) !== PENDING) this.#release();
    } catch (error) {
      rejected(error);
    }
  }

  cancelled(error: CancelledError): void {
    this.#release();
    this.#abort?.abort(reasonFor(error));
  }

  #release(): void {
    this.#held?.release();
    this.#unfollow?.();
  }
}

/** True for what a promise rejects with because it was told to stop: no news to anybody. */
export function saysAborted(error: unknown, reason?: unknown): boolean {
  return error === reason || isCancelled(error) || (error as Error | null)?.name === "AbortError";
}
