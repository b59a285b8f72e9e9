import { run, type Scheduler, type Task } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import type { Stream } from "../stream.ts";
import { printMarbles, TIMELINE_FAILURE } from "./marbles.ts";
import type { TimelineOptions } from "./timeline.ts";

/** What `timelineOf` writes for what it sees. */
export interface TimelineOfOptions<T> extends TimelineOptions<T> {
  /** When to stop a stream that has not ended, in milliseconds. Default 10,000. */
  readonly forMs?: number | undefined;
}

/**
 * Runs a stream on virtual time, as fast as it gives items, and draws its timeline, as `timeline` reads it. One that
 * has not ended after `forMs` ends with its last item.
 *
 * @param stream The stream, or a function that makes it for the loop it is to run on.
 * @param options As for `timeline`: `values` gives items their letters, and `#` is written for `error` alone.
 * @throws {RangeError} At an item without a letter, and where something happens between two frames.
 * @throws Any other failure of the stream.
 * @example
 * ```ts
 * import { debounce, interval, map, take } from "@skein/stream";
 * import { timeline, timelineOf } from "@skein/stream/testing";
 *
 * console.log(timelineOf(timeline("ab-c---|").pipe(debounce(2)))); // ---b-c-|
 * console.log(timelineOf(interval(100).pipe(take(2)), { frameMs: 50 })); // --0-(1|)
 * ```
 */
export function timelineOf<T>(
  stream: Stream<T> | ((loop: Scheduler) => Stream<T>),
  options: TimelineOfOptions<T> = {},
): string {
  const { frameMs = 1, forMs = 10_000 } = options;
  const loop = new VirtualLoop();
  const events: { at: number; mark: string }[] = [];
  const note = (mark: string): void => {
    const at = loop.now() / frameMs;
    if (!Number.isInteger(at))
      throw new RangeError(`Cannot draw what happens at ${loop.now()} ms: no frame of ${frameMs} ms begins then.`);
    events.push({ at, mark });
  };
  const task = run(
    () => (typeof stream === "function" ? stream(loop) : stream).forEach((item) => void note(letterOf(item, options))),
    { loop, name: "timelineOf" },
  );
  task.addDoneCallback(() => {}); // its failure is looked at here
  if (untilOver(loop, task, forMs)) {
    const failure = task.outcome?.status === "rejected" ? task.outcome : null;
    if (failure !== null && failure.reason !== ("error" in options ? options.error : TIMELINE_FAILURE))
      throw failure.reason;
    note(failure === null ? "|" : "#");
  }
  return printMarbles(events);
}

/** False: it had to be stopped. */
function untilOver(loop: VirtualLoop, task: Task<void>, forMs: number): boolean {
  let stopped = false;
  const timer = loop.callLater(forMs, () => {
    stopped = true;
    task.cancel("the timeline is long enough");
  });
  do loop.runUntilIdle();
  while (task.state === "pending" && loop.advanceToNext());
  timer.cancel();
  return !stopped;
}

function letterOf<T>(item: T, { values }: TimelineOptions<T>): string {
  const named = Object.entries(values ?? {}).find(([, value]) => Object.is(value, item));
  const letter = named === undefined ? String(item) : named[0];
  if ([...letter].length === 1 && !/[-|#()\s]/u.test(letter)) return letter;
  throw new RangeError(`Cannot draw the item ${letter}: give it a letter in \`values\`.`);
}
