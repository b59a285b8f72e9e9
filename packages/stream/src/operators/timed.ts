import type { Operation, TimerHandle } from "@skein/coroutine";
import type { End } from "../source.ts";
import { Expand } from "./expand.ts";

/** An operator with one timer. Timers start with an item, not at open, and none is left after the run. */
export abstract class Timed<A, B> extends Expand<A, B> {
  private timer: TimerHandle | null = null;

  /** The time is up. */
  protected abstract fired(): void;

  protected get armed(): boolean {
    return this.timer !== null;
  }

  protected arm(ms: number): void {
    this.disarm();
    this.timer = this.host.scheduler.callLater(ms, fire, this as Timed<unknown, unknown>);
  }

  protected disarm(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** @internal */
  fire(): void {
    this.timer = null;
    this.fired();
    this.host.wake();
  }

  override close(end: End): Operation<void> | undefined {
    this.disarm();
    return super.close(end);
  }
}

const fire = (timed: Timed<unknown, unknown>): void => timed.fire();
