import {
  bridge,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
} from "@skein/future";
import { type Answer, WAITS } from "../operation.ts";
import type { Coroutine } from "./coroutine.ts";

/** One step of a coroutine, waited for only where the body waits. */
export class Step<Out, R> extends Waitable<IteratorResult<Out, R>> implements Request {
  private readonly coroutine: Coroutine<Out, R, never>;
  private readonly step: () => Answer;
  constructor(coroutine: Coroutine<Out, R, never>, step: () => Answer) {
    super();
    this.coroutine = coroutine;
    this.step = step;
  }
  next(given?: unknown): IteratorResult<Wait, IteratorResult<Out, R>> {
    if (takeResumed())
      return { done: true, value: (given as IteratorResult<Out, R> | undefined) ?? this.coroutine.result() };
    if (!ready()) return parkOn(bridge.running === null ? this : PAUSE);
    return this.step() === WAITS ? parkOn(this) : { done: true, value: this.coroutine.result() };
  }
  park(waiter: Waiter): void {
    this.coroutine.park(waiter);
  }
  unpark(waiter: Waiter): void {
    this.coroutine.unpark(waiter);
  }
  describe(): string {
    return `coroutine "${this.coroutine.name}"`;
  }
}
