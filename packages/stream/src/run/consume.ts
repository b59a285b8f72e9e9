import {
  call,
  checkpoint,
  currentScheduler,
  isOwnCancel,
  type Operation,
  ready,
  type TaskGroup,
  type Wait,
  withCause,
} from "@skein/coroutine";
import { DONE, ENOUGH, failed, interrupted, left, SHUTDOWN } from "../ends.ts";
import type { End, Streamable } from "../source.ts";
import { beginClosing, finish } from "./closing.ts";
import { Parking } from "./parking.ts";
import { type Collector, Pumping } from "./pumping.ts";

/**
 * Runs a stream in the current task: pumps, waits where there is nothing, rests where there is much, and closes on
 * every path (S5). While the source has items this costs nothing but the pumps; the first wait moves the rest into a
 * `call`, so that a resume does not climb through every generator around us.
 */
export function* consume<T, R>(
  stream: Streamable<T>,
  collector: Collector<T, R>,
  owner: TaskGroup | null,
): Generator<Wait, R, unknown> {
  if (!ready()) yield* checkpoint(); // a cancellation point, before anything is opened
  const host = new Parking(currentScheduler(), owner);
  const source = stream.open(host, collector);
  const pumping = new Pumping(source, collector, host);
  let end: End = SHUTDOWN; // stands only if this frame is ended by force
  let failure: { readonly error: unknown } | null = null;
  let closing: Operation<void> | undefined;
  try {
    const obstacle = pumping.now();
    if (obstacle !== null) yield* call(pumping.later(obstacle));
    end = collector.full ? ENOUGH : DONE;
  } catch (error) {
    failure = { error };
    // A cancel of this task reaches the tasks of the source, too, and may come out of the pump: no failure (S6).
    if (!pumping.inPump || isOwnCancel(error)) end = interrupted(error, host.scheduler.now());
    else end = collector.inConsumer ? left(error) : failed(error);
  } finally {
    host.close();
    closing = beginClosing(source, end);
  }
  try {
    if (closing !== undefined) yield* finish(closing);
  } catch (error) {
    throw failure === null ? error : withCause(error, failure.error);
  }
  if (failure !== null) throw failure.error;
  return collector.result();
}
