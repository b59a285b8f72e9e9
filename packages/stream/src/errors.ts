import type { End } from "./source.ts";

/** What went wrong, in a form that programs can read and that does not change between versions. */
export type StreamErrorCode =
  | "STREAM_CLOSED"
  | "STREAM_BROKEN"
  | "STREAM_OVERFLOW"
  | "STREAM_EMPTY"
  | "STREAM_USED"
  | "STREAM_CURSOR"
  | "STREAM_STOPPED"
  | "STREAM_LEFT_BEHIND"
  | "STREAM_DECODE"
  | "STREAM_INTERNAL";

/**
 * The family of the streams' own errors. (Wrong arguments are TypeErrors and RangeErrors; a stream's failure is the
 * very error its source threw.)
 *
 * - `STREAM_CLOSED`: one's own handle was closed; see `ClosedError`.
 * - `STREAM_BROKEN`: the other side is gone; see `BrokenError`.
 * - `STREAM_OVERFLOW`: a full buffer with `overflow: "error"`; see `OverflowError`.
 * - `STREAM_EMPTY`: `first()` or `last()` of nothing; see `EmptyError`.
 * - `STREAM_USED`: something that runs once was used a second time; see `UsedError`.
 * - `STREAM_CURSOR`: a cursor that the log has not reached; see `CursorError`.
 * - `STREAM_STOPPED`: the run was stopped from the producer's side; see `StoppedError`.
 * - `STREAM_LEFT_BEHIND`: something foreign could not be stopped; see `LeftBehindError`.
 * - `STREAM_DECODE`: bytes or text that cannot be decoded; see `DecodeError`.
 * - `STREAM_INTERNAL`: a bug in Skein; please report it.
 *
 * @example
 * ```ts
 * import { from, StreamError } from "@skein/stream";
 *
 * try {
 *   await from([]).first();
 * } catch (error) {
 *   if (error instanceof StreamError) console.log(error.code); // STREAM_EMPTY
 * }
 * ```
 */
export class StreamError extends Error {
  /** What went wrong, as a word that does not change. */
  readonly code: StreamErrorCode;
  constructor(code: StreamErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
  override get name(): string {
    return "StreamError";
  }
}

/**
 * A handle was used after its own `close()`.
 *
 * @example
 * ```ts
 * import { ClosedError, channel } from "@skein/stream";
 *
 * const { sender } = channel<string>(1);
 * sender.close();
 * try {
 *   sender.trySend("too late");
 * } catch (error) {
 *   console.log(error instanceof ClosedError); // true
 * }
 * ```
 */
export class ClosedError extends StreamError {
  constructor(doing: string, what: string) {
    super("STREAM_CLOSED", `Cannot ${doing}: this ${what} is closed; clone() it before that.`);
  }
  override get name(): string {
    return "ClosedError";
  }
}

/**
 * An item was sent, and nobody is left who could receive it. `cause` is the error given to `fail()`, if it was that.
 *
 * @example
 * ```ts
 * import { BrokenError, channel } from "@skein/stream";
 *
 * const { sender, receiver } = channel<string>(1);
 * receiver.close();
 * try {
 *   sender.trySend("to nobody");
 * } catch (error) {
 *   console.log(error instanceof BrokenError); // true
 * }
 * ```
 */
export class BrokenError extends StreamError {
  constructor(state: string, options?: ErrorOptions) {
    super("STREAM_BROKEN", `Cannot send: ${state}; stop sending.`, options);
  }
  override get name(): string {
    return "BrokenError";
  }
}

/**
 * Something with `overflow: "error"` was full: a channel, a buffer, or what is pushed into `fromCallback` or
 * `fromEvent`. Its message names it.
 *
 * @example
 * ```ts
 * import { channel, OverflowError } from "@skein/stream";
 *
 * const { sender } = channel<number>(1, { overflow: "error" });
 * sender.trySend(1);
 * try {
 *   sender.trySend(2);
 * } catch (error) {
 *   console.log(error instanceof OverflowError); // true
 * }
 * ```
 */
export class OverflowError extends StreamError {
  constructor(what: string, capacity: number) {
    super(
      "STREAM_OVERFLOW",
      `Cannot take an item: the ${what} holds ${capacity}; receive faster, or choose another overflow.`,
    );
  }
  override get name(): string {
    return "OverflowError";
  }
}

/**
 * `first()` or `last()` was asked of a stream that ended without an item, and there was no `default`.
 *
 * @example
 * ```ts
 * import { EmptyError, filter, from } from "@skein/stream";
 *
 * const big = from([1, 2, 3]).pipe(filter((n) => n > 9));
 * try {
 *   await big.last();
 * } catch (error) {
 *   console.log(error instanceof EmptyError); // true
 * }
 * console.log(await big.last({ default: 0 })); // 0
 * ```
 */
export class EmptyError extends StreamError {
  constructor(doing: string) {
    super("STREAM_EMPTY", `Cannot take the ${doing} item: the stream ended without one; give { default }.`);
  }
  override get name(): string {
    return "EmptyError";
  }
}

/**
 * Something that runs only once was used again: a one-shot source, a terminal, a group, or a log that has ended.
 *
 * @example
 * ```ts
 * import { from, UsedError } from "@skein/stream";
 *
 * const letters = from("ab"[Symbol.iterator]()); // an iterator: give from() a function that makes it
 * await letters.drain();
 * try {
 *   await letters.drain();
 * } catch (error) {
 *   console.log(error instanceof UsedError); // true
 * }
 * ```
 */
export class UsedError extends StreamError {
  constructor(doing: string, state: string, instead: string) {
    super("STREAM_USED", `Cannot ${doing}: ${state}; ${instead}.`);
  }
  override get name(): string {
    return "UsedError";
  }
}

/**
 * A reader asked for a cursor that is no place in the log.
 *
 * @example
 * ```ts
 * import { CursorError, log } from "@skein/stream";
 *
 * const answer = log<string>({ keep: 100 });
 * answer.append("hello");
 * try {
 *   await answer.read(7).drain();
 * } catch (error) {
 *   if (error instanceof CursorError) console.log(error.cursor, error.next); // 7 1
 * }
 * ```
 */
export class CursorError extends StreamError {
  /** The cursor asked for. */
  readonly cursor: number;
  /** The cursor that the next appended item will have. */
  readonly next: number;
  constructor(cursor: number, next: number) {
    super(
      "STREAM_CURSOR",
      `Cannot read from cursor ${cursor}: the log has only reached ${next}; read from 0 to ${next}.`,
    );
    this.cursor = cursor;
    this.next = next;
  }
  override get name(): string {
    return "CursorError";
  }
}

/**
 * A run was stopped from its producer's side: what it gave is not all there was. To `onEnd` this is the `end` it
 * carries, and not a failure. (S6)
 *
 * @example
 * ```ts
 * import { Readable } from "node:stream";
 * import { StoppedError } from "@skein/stream";
 * import { fromReadable } from "@skein/stream/node";
 *
 * try {
 *   await fromReadable(Readable.from(["a"]).destroy()).drain();
 * } catch (error) {
 *   if (error instanceof StoppedError) console.log(error.end); // { kind: 'stopped', by: 'peer' }
 * }
 * ```
 */
export class StoppedError extends StreamError {
  /** How the run ended. */
  readonly end: End;
  constructor(state: string, end: End) {
    super("STREAM_STOPPED", `Cannot go on reading: ${state}.`);
    this.end = end;
  }
  override get name(): string {
    return "StoppedError";
  }
}

/**
 * A rule of the protocol was broken by Skein itself, or by a source or sink of yours.
 *
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { from, InternalError, stream } from "@skein/stream";
 *
 * const ones = from(function* () {
 *   yield 1;
 * });
 * const wrong = stream<number>((host, sink) => ones.open(host, sink), false); // `ones` needs tasks: give ones.tasks
 * await run(() => wrong.drain()).catch((error) => console.log(error instanceof InternalError)); // true
 * ```
 */
export class InternalError extends StreamError {
  constructor(state: string) {
    super("STREAM_INTERNAL", `${state}: if no source or sink is yours, report it.`);
  }
  override get name(): string {
    return "InternalError";
  }
}
