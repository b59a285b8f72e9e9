import type { Stream } from "../stream.ts";
import type { Emitter, PushedOptions } from "./emitter.ts";
import { fromCallback } from "./from-callback.ts";

// biome-ignore lint/suspicious/noExplicitAny: what an event carries is known by who names it
type Listener = (event: any) => void;

/** What has events: an EventTarget of the platform, or an emitter as Node has them. */
export type EventSourceLike =
  | {
      addEventListener(type: string, listener: Listener): unknown;
      removeEventListener(type: string, listener: Listener): unknown;
    }
  | { on(type: string, listener: Listener): unknown; off(type: string, listener: Listener): unknown };

/** What `fromEvent` listens to, and how it buffers. */
export interface FromEventOptions<T> extends PushedOptions<T> {
  /** The event that ends the stream: `"close"`, say. */
  readonly endOn?: string | undefined;
  /** The event that fails it: `"error"`, say. Its `error` is thrown, if it has one, else what it carries. */
  readonly failOn?: string | undefined;
}

/**
 * A stream of the events of a target or an emitter (of those, the first argument). It listens from the first demand to
 * the end of the run, and leaves no listener. Events cannot be held back: `capacity` of them may wait, and
 * `overflow` says what happens to more.
 *
 * @param target An EventTarget, or anything with `on` and `off`.
 * @param type The event's name.
 * @param options Which events end and fail the stream, and how it buffers.
 * @throws {TypeError} If `target` is neither. @throws {RangeError} If `capacity` is less than 1, fractional or NaN.
 * @throws {OverflowError} In the run, after what is buffered, if more than `capacity` wait and no `overflow` was given.
 * @example
 * ```ts
 * import { EventEmitter } from "node:events";
 * import { checkpoint, run } from "@skein/coroutine";
 * import { fromEvent } from "@skein/stream";
 *
 * const socket = new EventEmitter();
 * await run(function* (root) {
 *   const messages = root.spawn(() => fromEvent<string>(socket, "message", { endOn: "close" }).toArray());
 *   yield* checkpoint(); // now it listens
 *   socket.emit("message", "hello");
 *   socket.emit("close");
 *   console.log(yield* messages); // [ 'hello' ]
 * });
 * ```
 */
export function fromEvent<T = unknown>(
  target: EventSourceLike,
  type: string,
  options: FromEventOptions<T> = {},
): Stream<T> {
  const { endOn, failOn } = options;
  const { listen, unlisten } = doorsOf(target);
  return fromCallback<T>((emit) => {
    const listeners: [type: string, listener: Listener][] = [[type, (event: T) => emit.push(event)]];
    if (endOn !== undefined) listeners.push([endOn, () => emit.end()]);
    if (failOn !== undefined) listeners.push([failOn, (event: unknown) => fail(emit, event)]);
    for (const [name, listener] of listeners) listen(name, listener);
    return () => {
      for (const [name, listener] of listeners) unlisten(name, listener);
    };
  }, options);
}

function doorsOf(target: EventSourceLike) {
  if (typeof target === "object" && target !== null) {
    if ("addEventListener" in target) {
      return {
        listen: (type: string, listener: Listener) => target.addEventListener(type, listener),
        unlisten: (type: string, listener: Listener) => target.removeEventListener(type, listener),
      };
    }
    if ("on" in target && "off" in target) {
      return {
        listen: (type: string, listener: Listener) => target.on(type, listener),
        unlisten: (type: string, listener: Listener) => target.off(type, listener),
      };
    }
  }
  throw new TypeError(
    "Cannot listen: this has neither addEventListener nor on and off; give an EventTarget or an emitter.",
  );
}

function fail(emit: Emitter<never>, event: unknown): void {
  let error = event;
  try {
    if (!(event instanceof Error) && "error" in (event as object)) error = (event as { readonly error: unknown }).error;
  } catch {} // a primitive, or something that cannot be looked at
  emit.fail(error);
}
