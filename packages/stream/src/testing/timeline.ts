import type { TimerHandle } from "@skein/coroutine";
import { END, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { type Frame, parseMarbles, TIMELINE_FAILURE } from "./marbles.ts";

/** What the letters of a timeline stand for. */
export interface TimelineOptions<T> {
  /** The item of each letter. Default: the letter itself. */
  readonly values?: Readonly<Record<string, T>> | undefined;
  /** What `#` fails with. */
  readonly error?: unknown;
  /** How long a frame is, in milliseconds. Default 1. */
  readonly frameMs?: number | undefined;
}

/**
 * A stream drawn by its timeline, from its first demand on: `-` is a frame in which nothing happens, a letter an item,
 * `|` the end, `#` the failure, and what stands in parentheses happens in one frame. Blanks mean nothing. Without an
 * end it goes on for ever, silently. An item that nobody asked for in its frame is given as soon as somebody does.
 *
 * @param marbles The timeline. @param options What its letters stand for, and how long a frame is.
 * @throws {RangeError} If `marbles` is none, or `frameMs` not more than 0.
 * @example
 * ```ts
 * import { delay } from "@skein/stream";
 * import { timeline, timelineOf } from "@skein/stream/testing";
 *
 * console.log(timelineOf(timeline("-a-b-|").pipe(delay(2)))); // ---a-(b|)
 * console.log(timelineOf(timeline("-a-#"))); // -a-#
 * ```
 */
export function timeline<T = string>(marbles: string, options: TimelineOptions<T> = {}): Stream<T> {
  const { frameMs = 1 } = options;
  if (!(frameMs > 0))
    throw new RangeError(`Cannot draw frames of ${frameMs} ms: give a number of milliseconds of more than 0.`);
  const frames = parseMarbles(marbles);
  return stream((host, sink) => new TimelineSource(frames, options, frameMs, host, sink), false);
}

class TimelineSource<T> implements Source {
  /** One for each mark. */
  private readonly marks: readonly { readonly at: number; readonly mark: string }[];
  private readonly options: TimelineOptions<T>;
  private readonly frameMs: number;
  private readonly host: Host;
  private readonly sink: Sink<T>;
  private index = 0;
  private startMs: number | null = null;
  private timer: TimerHandle | null = null;
  private over = false;

  constructor(frames: readonly Frame[], options: TimelineOptions<T>, frameMs: number, host: Host, sink: Sink<T>) {
    this.marks = frames.flatMap(({ at, marks }) => Array.from(marks, (mark) => ({ at, mark })));
    this.options = options;
    this.frameMs = frameMs;
    this.host = host;
    this.sink = sink;
  }

  pump(budget: number): Pumped {
    const { scheduler } = this.host;
    this.startMs ??= scheduler.now();
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      const next = this.marks[this.index];
      if (next === undefined) return WAIT;
      const dueMs = this.startMs + next.at * this.frameMs;
      if (scheduler.now() < dueMs) return this.wait(dueMs);
      this.index++;
      if (next.mark === "|" || next.mark === "#") return this.end(next.mark);
      const { values } = this.options;
      if (!this.sink.push((values === undefined ? next.mark : values[next.mark]) as T)) return MORE;
    }
    return this.over ? END : MORE;
  }

  private wait(dueMs: number): typeof WAIT {
    this.timer ??= this.host.scheduler.callAt(dueMs, () => {
      this.timer = null;
      this.host.wake();
    });
    return WAIT;
  }

  private end(mark: string): typeof END {
    this.over = true;
    if (mark === "#") throw "error" in this.options ? this.options.error : TIMELINE_FAILURE;
    return END;
  }

  close(): undefined {
    this.over = true;
    this.timer?.cancel();
  }
}
