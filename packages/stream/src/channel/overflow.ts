import { OverflowError } from "../errors.ts";
import { oneOf } from "../limits.ts";
import type { Ring } from "../ring.ts";

/**
 * What becomes of an item for which there is no room (S1).
 *
 * - `"wait"`: `send` waits for room. The only one that loses nothing and bounds memory.
 * - `"dropOldest"`, `"dropNewest"`: one item is lost, the longest waiting or the new one.
 * - `"latest"`: all that wait are lost for the new one.
 * - `"error"`: the sender gets an OverflowError.
 * - `{ coalesce }`: the new item is merged into the last one that waits.
 */
export type Overflow<T> = "wait" | "dropOldest" | "dropNewest" | "latest" | "error" | Coalesce<T>;

/** Made by `coalesce(merge)`. */
export interface Coalesce<T> {
  readonly coalesce: (last: T, item: T) => T;
}

/**
 * The overflow policy that merges what a slow receiver has not taken yet: it gets fewer, larger items.
 *
 * @param merge Makes one item of the last that waits and the new one. What it throws is the failure of
 * the send, or of the run.
 * @example
 * ```ts
 * import { channel, coalesce } from "@skein/stream";
 *
 * const { sender, receiver } = channel<string>(1, { overflow: coalesce((text, more) => text + more) });
 * for (const token of ["Call", " me", " Ishmael."]) sender.trySend(token);
 * sender.close();
 * console.log(await receiver.toArray()); // [ 'Call me Ishmael.' ]
 * ```
 */
export function coalesce<T>(merge: (last: T, item: T) => T): Coalesce<T> {
  return { coalesce: merge };
}

const POLICIES = ["dropOldest", "dropNewest", "latest", "error", "wait"];

/** @throws {TypeError} If there is no such policy, or it is to wait where nobody can. */
export function checkOverflow(policy: unknown, canWait = true): void {
  if (typeof (policy as Partial<Coalesce<unknown>> | null)?.coalesce === "function") return;
  oneOf(canWait ? POLICIES : POLICIES.slice(0, -1), policy, "overflow by");
}

/** How many items an overflow has cost so far. */
export interface Losses {
  dropped: number;
  coalesced: number;
}

/**
 * Makes `item` fit into the full buffer of `what`, by the policy, and counts what that cost. False: the sender has to
 * wait.
 */
export function overflow<T>(what: string, policy: Overflow<T>, items: Ring<T>, item: T, losses: Losses): boolean {
  if (policy === "wait") return false;
  if (policy === "error") throw new OverflowError(what, items.length);
  if (typeof policy === "object") {
    items.replaceLast(policy.coalesce(items.at(items.length - 1), item));
    losses.coalesced++;
  } else if (policy === "dropNewest") losses.dropped++;
  else {
    do {
      items.shift();
      losses.dropped++;
    } while (policy === "latest" && items.length > 0);
    items.push(item);
  }
  return true;
}
