/**
 * What every awaitable's `next()` is made of. The shape is always the same:
 *
 *     next(value) {
 *       if (takeResumed()) return answer(value);              // A2: woken, the answer stands
 *       if (this.isReady && ready()) return answer(take());   // A4: already there
 *       return parkOn(this.isReady ? PAUSE : this);           // A1
 *     }
 */
import { type Awaitable, bridge, type Request, type Wait, type WaitIterator } from "./awaitable.ts";
import { MisuseError } from "./errors.ts";

/** The value that tasks yield. Nothing else is ever yielded to a driver. */
export const WAIT: Wait = Object.freeze({ toString: () => "WAIT" }) as unknown as Wait;
const WAITING: IteratorYieldResult<Wait> = Object.freeze({ done: false, value: WAIT });

/** The request to be called again a pass later: asks for a turn, not for anything. (A4) */
export const PAUSE: Request = {
  park(): never {
    throw byHand(PAUSE); // a driver steps again by itself, a pass later
  },
  unpark(): void {},
  describe: () => "its next turn",
};

/**
 * Leaves `request` for the driver and gives what `next()` returns.
 *
 * @throws {MisuseError} As A5 says.
 * @example
 * ```ts
 * import { PAUSE, parkOn, takeResumed, type Wait, Waitable } from "@skein/future";
 * import { Probe, VirtualLoop } from "@skein/future/testing";
 *
 * // Gives up a turn.
 * class NextTurn extends Waitable<void> {
 *   next(): IteratorResult<Wait, void> {
 *     return takeResumed() ? { done: true, value: undefined } : parkOn(PAUSE);
 *   }
 * }
 * console.log(new Probe(new VirtualLoop()).step(new NextTurn()).result.done); // false: it waits
 * ```
 */
export function parkOn(request: Request): IteratorYieldResult<Wait> {
  if (bridge.running === null || bridge.request !== null) throw byHand(request);
  bridge.request = request;
  return WAITING;
}

/**
 * Takes the resumed bit: true if a waker's answer is being delivered now. (A2)
 *
 * @example
 * ```ts
 * import { takeResumed } from "@skein/future";
 *
 * console.log(takeResumed()); // false: no driver is delivering an answer now
 * ```
 */
export function takeResumed(): boolean {
  if (!bridge.resumed) return false;
  bridge.resumed = false;
  return true;
}

/**
 * Pays for a ready answer: false if this step has had enough, or has a cancel to see. (A4)
 *
 * @example
 * ```ts
 * import { ready } from "@skein/future";
 *
 * console.log(ready()); // false: outside a driver's step there is nobody to answer
 * ```
 */
export function ready(): boolean {
  return --bridge.fuel >= 0 && bridge.running !== null && bridge.request === null;
}

/**
 * An awaitable that is its own iterator: give it `next`, and `park`, `unpark`, `describe` if it is a request too.
 *
 * @example
 * ```ts
 * import { dequeue, enqueue, PAUSE, parkOn, type Request, ready, shift, takeResumed, type Wait, Waitable, type Waiter, type WaiterNode, type WaitQueue } from "@skein/future";
 * import { Probe, VirtualLoop } from "@skein/future/testing";
 *
 * // A switch to wait for.
 * class Gate extends Waitable<void> implements Request, WaitQueue {
 *   firstWaiter: WaiterNode | null = null;
 *   isOpen = false;
 *   next(): IteratorResult<Wait, void> {
 *     const answer = { done: true, value: undefined } as const;
 *     if (takeResumed()) return answer; // woken: the answer stands
 *     if (this.isOpen && ready()) return answer; // open, and this step may go on
 *     return parkOn(this.isOpen ? PAUSE : this);
 *   }
 *   park = (waiter: Waiter): void => enqueue(this, waiter);
 *   unpark = (waiter: Waiter): void => void dequeue(this, waiter);
 *   describe = (): string => "a gate";
 *   open(): void {
 *     this.isOpen = true;
 *     for (let node = shift(this); node !== null; node = shift(this)) node.wake();
 *   }
 * }
 *
 * const gate = new Gate();
 * const probe = new Probe(new VirtualLoop());
 * probe.park(probe.step(gate)); // as a task does at `yield* gate`
 * gate.open();
 * console.log(probe.woken, probe.step(gate, { resumed: true }).result.done); // 1 true
 * ```
 */
export abstract class Waitable<T> implements Awaitable<T>, WaitIterator<T> {
  [Symbol.iterator](): WaitIterator<T> {
    return this;
  }
  abstract next(value?: unknown): IteratorResult<Wait, T>;
  throw(error: unknown): never {
    throw error;
  }
  /** `const [a] = operation` ends here; so does a driver that closes a frame, which leaves no request. */
  return(value?: never): IteratorResult<Wait, T> {
    if (bridge.running === null || bridge.request !== null) throw byHand(bridge.request);
    return { done: true, value: value as never };
  }
}

function byHand(request: Request | null): MisuseError {
  bridge.request = null; // or the next real wait would be blamed
  return new MisuseError(
    `Cannot step ${request?.describe() ?? "an operation"} by hand: only tasks can; write \`yield*\` in one, or \`await\` it`,
  );
}
