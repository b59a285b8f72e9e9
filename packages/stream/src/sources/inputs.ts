import type { Operation } from "@skein/coroutine";
import { blameless, ENOUGH } from "../ends.ts";
import { beginClosing, closeAll } from "../run/closing.ts";
import { InnerHost } from "../run/inner-host.ts";
import {
  END,
  type End,
  type Host,
  MORE,
  type Pumped,
  type Sink,
  type Source,
  type Streamable,
  WAIT,
} from "../source.ts";

/** One of several inputs, and the sink of its items. */
export class Input<T> implements Sink<T> {
  readonly index: number;
  readonly host: InnerHost;
  readonly source: Source;
  /** It has ended, failed or been closed: it is pumped no more. */
  over = false;
  closed = false;
  /** For who needs one of each: its item, if `full`. */
  item: T | undefined = undefined;
  full = false;
  private readonly inputs: Inputs<T>;

  constructor(stream: Streamable<T>, index: number, inputs: Inputs<T>, host: Host) {
    this.index = index;
    this.inputs = inputs;
    this.host = new InnerHost(host);
    this.source = stream.open(this.host, this);
  }

  push(item: T): boolean {
    const { inputs } = this;
    inputs.hungry = inputs.take(item, this);
    return inputs.hungry;
  }
}

/**
 * Several inputs that take turns, one item each. The first failure leaves as it is, and ends them all; the host then
 * closes them. So does that of one which cannot be opened: at the first pump, as those before it are open by then.
 */
export abstract class Inputs<T> implements Source {
  protected readonly inputs: Input<T>[] = [];
  /** How many are not over. */
  protected running = 0;
  /** What the last item was answered with. */
  hungry = true;
  private turn = 0;
  private unopened: { readonly error: unknown } | null = null;
  private failed: Input<T> | null = null;
  private closing: Operation<void> | undefined;

  constructor(streams: readonly Streamable<T>[], host: Host) {
    try {
      for (const stream of streams) this.running = this.inputs.push(new Input(stream, this.running, this, host));
    } catch (error) {
      this.unopened = { error };
      this.finishAll();
    }
  }

  /** An item of `input`, while it is pushed. True: more are wanted. */
  abstract take(item: T, input: Input<T>): boolean;
  /** `input` has come to its end by itself. */
  protected ended(_input: Input<T>): void {}

  pump(budget: number): Pumped {
    this.hungry = true;
    let asleep = 0;
    for (let left = budget; left > 0 && this.hungry; ) {
      if (this.running === 0) return this.end();
      if (asleep >= this.inputs.length) return WAIT;
      if (this.pumpOne(this.inputs[this.turn] as Input<T>)) {
        asleep = 0;
        left--;
      } else asleep++; // costs nothing: with a budget of 1 we would never come to say WAIT
      this.turn = (this.turn + 1) % this.inputs.length;
    }
    return this.running === 0 ? END : MORE;
  }

  protected end(): typeof END {
    const { unopened } = this;
    this.unopened = null;
    if (unopened !== null) throw unopened.error;
    return END;
  }

  /** One item of one input; false if that has none. */
  private pumpOne(input: Input<T>): boolean {
    if (input.over || !input.host.awake) return false;
    const pumped = this.pumpInput(input, 1);
    if (pumped === MORE) input.host.awake = true;
    if (pumped === END && this.finish(input)) this.ended(input);
    return pumped !== WAIT;
  }

  protected pumpInput(input: Input<T>, budget: number): Pumped {
    input.host.awake = false; // or it would not count as waiting (S10); a wake during the pump counts
    try {
      return input.source.pump(budget);
    } catch (error) {
      this.failed = input;
      this.finishAll();
      throw error;
    }
  }

  private finish(input: Input<T>): boolean {
    if (input.over) return false;
    input.over = true;
    this.running--;
    return true;
  }

  private finishAll(): void {
    for (const input of this.inputs) this.finish(input);
  }

  /** Closes all inputs, or all but one, at once. What their cleanup takes is waited for when the run is closed. */
  protected cut(except?: Input<T>): typeof END {
    this.closing = this.closeInputs(ENOUGH, except);
    return END;
  }

  private closeInputs(end: End, except?: Input<T>): Operation<void> | undefined {
    const closings = [this.closing];
    this.closing = undefined;
    for (const input of this.inputs) {
      if (input === except || input.closed) continue;
      this.finish(input);
      input.closed = true;
      closings.push(beginClosing(input.source, input === this.failed ? end : blameless(end)));
    }
    return closeAll(closings);
  }

  close(end: End): Operation<void> | undefined {
    return this.closeInputs(end);
  }
}
