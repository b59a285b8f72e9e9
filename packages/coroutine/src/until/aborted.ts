import {
  bridge,
  follow,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
} from "@skein/future";

/** Waits until a signal aborts, and gives its reason. Stateless but for who waits: one listener on the signal serves all. */
export class Aborted extends Waitable<unknown> implements Request {
  private readonly signal: AbortSignal;
  private readonly unfollow: WeakMap<Waiter, () => void>;

  constructor(signal: AbortSignal) {
    super();
    this.signal = signal;
    this.unfollow = new WeakMap();
  }
  next(): IteratorResult<Wait, unknown> {
    if (takeResumed()) return { done: true, value: this.signal.reason };
    if (!this.signal.aborted) return parkOn(this);
    if (ready()) return { done: true, value: this.signal.reason };
    return parkOn(bridge.running === null ? this : PAUSE);
  }
  park(waiter: Waiter): void {
    this.unfollow.set(waiter, follow(this.signal, { cancel: () => waiter.wake() }));
  }
  unpark(waiter: Waiter): void {
    this.unfollow.get(waiter)?.();
  }
  describe(): string {
    return "a signal";
  }
}
