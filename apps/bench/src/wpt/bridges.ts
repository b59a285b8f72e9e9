/**
 * What stands between a test and the platform's streams. Each bridge replaces a global, so that what the tests make
 * has gone through Skein: the tests know nothing of it.
 */
import { isCancelled, until } from "@skein/coroutine";
import { from } from "@skein/stream";
import { pipeToWritableStream, toReadableStream, toWritableStream } from "@skein/stream/web";

const Readable = globalThis.ReadableStream;
const Writable = globalThis.WritableStream;

/** Replaces a class by one whose instances are what `wrap` makes of the native ones. */
function replace<C extends abstract new (...args: never[]) => object>(
  name: "ReadableStream" | "WritableStream",
  native: C,
  wrap: (inner: InstanceType<C>, args: readonly unknown[]) => object,
): void {
  const define = (value: unknown): unknown =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  const construct = (_target: C, args: never[], newTarget: C): object => {
    const inner = Reflect.construct(native, args) as InstanceType<C>;
    define(native); // for the bridge itself
    try {
      const outer = wrap(inner, args);
      return newTarget === replaced ? outer : Object.setPrototypeOf(outer, newTarget.prototype);
    } finally {
      define(replaced);
    }
  };
  const replaced: C = new Proxy(native, { construct } as ProxyHandler<C>);
  Object.defineProperty(native.prototype, "constructor", { value: replaced, writable: true, configurable: true });
  define(replaced);
}

function replaceReadable(highWaterMark: number): void {
  replace("ReadableStream", Readable, (inner, [source]) => {
    const stream = from(inner as ReadableStream<never>);
    const { type } = Object(source) as UnderlyingByteSource;
    if (String(type) === "bytes") return toReadableStream(stream, { type: "bytes", strategy: { highWaterMark } });
    return toReadableStream(stream, { strategy: { highWaterMark } });
  });
}

export const bridges = {
  /** The platform's own streams: what the others are compared with. */
  native(): void {},

  /** Every `new ReadableStream(…)` is read by `from`, and given on by `toReadableStream`, one item ahead. */
  readable: () => replaceReadable(1),

  /** The same, nothing ahead: closer to what is counted inside, further from what is told outside. */
  "readable-0": () => replaceReadable(0),

  /** Every `new WritableStream(…)` is written to by `toWritableStream`. */
  writable(): void {
    replace("WritableStream", Writable, (inner, [, strategy]) => {
      const writer = (inner as WritableStream<unknown>).getWriter();
      const target = {
        send: (chunk: unknown) => until(writer.write(chunk)),
        close: () => until(writer.close()),
        fail: (reason: unknown) => until(writer.abort(reason)),
      };
      return toWritableStream(target, { strategy: (strategy ?? undefined) as QueuingStrategy<unknown> | undefined });
    });
  },

  /** `readable.pipeTo(writable)` is `pipeToWritableStream(from(readable), writable)`. */
  piping(): void {
    const native = Readable.prototype.pipeTo;
    Object.defineProperty(Readable.prototype, "pipeTo", {
      writable: true,
      configurable: true,
      async value(this: ReadableStream<unknown>, writable: WritableStream<unknown>, options?: StreamPipeOptions) {
        const { preventAbort, preventCancel, preventClose, signal } = options ?? {};
        const given = { preventAbort: !!preventAbort, preventCancel: !!preventCancel, preventClose: !!preventClose };
        const refused = !(this instanceof Readable && writable instanceof Writable) || this.locked || writable.locked;
        const unknown = signal !== undefined && !(signal instanceof AbortSignal);
        // What ours has no word for, or what the platform refuses: that is not what is tested here.
        if (preventCancel || refused || unknown)
          return native.call(this, writable, signal === undefined ? given : { ...given, signal });
        try {
          await pipeToWritableStream(from(this), writable, { ...given, signal });
        } catch (error) {
          throw isCancelled(error) ? error.reason : error; // here a stop has a class of its own; there it is its reason
        }
      },
    });
  },
};

export type BridgeName = keyof typeof bridges;
