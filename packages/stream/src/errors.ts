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

/** A handle was used after its own `close()`. */
export class ClosedError extends StreamError {
  constructor(doing: string, what: string) {
    super("STREAM_CLOSED", `Cannot ${doing}: this ${what} was closed; clone() it before closing if you need another.`);
  }
  override get name(): string {
    return "ClosedError";
  }
}

/** An item was sent, and nobody is left who could receive it. `cause` is the error given to `fail()`, if it was that. */
export class BrokenError extends StreamError {
  constructor(state: string, options?: ErrorOptions) {
    super("STREAM_BROKEN", `Cannot send: ${state}; stop sending.`, options);
  }
  override get name(): string {
    return "BrokenError";
  }
}

/** A channel with `overflow: "error"` was full. */
export class OverflowError extends StreamError {
  constructor(capacity: number) {
    super(
      "STREAM_OVERFLOW",
      `Cannot send: the channel holds ${capacity} items already; receive faster, or choose another overflow policy.`,
    );
  }
  override get name(): string {
    return "OverflowError";
  }
}

/** The stream ended without an item. */
export class EmptyError extends StreamError {
  constructor(doing: string) {
    super(
      "STREAM_EMPTY",
      `Cannot take the ${doing} item: the stream ended without one; pass { default } to allow that.`,
    );
  }
  override get name(): string {
    return "EmptyError";
  }
}

/** Something that runs only once was used again. */
export class UsedError extends StreamError {
  constructor(doing: string, state: string, instead: string) {
    super("STREAM_USED", `Cannot ${doing}: ${state}; ${instead}.`);
  }
  override get name(): string {
    return "UsedError";
  }
}

/** A reader asked for a cursor that is no place in the log. */
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

/** A rule of the protocol was broken by Skein itself, or by a source or sink of yours. */
export class InternalError extends StreamError {
  constructor(state: string) {
    super("STREAM_INTERNAL", `${state}. If all sources and sinks are Skein's, this is a bug: please report it.`);
  }
  override get name(): string {
    return "InternalError";
  }
}
