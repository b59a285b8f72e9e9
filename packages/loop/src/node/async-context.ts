import { AsyncLocalStorage } from "node:async_hooks";
import { check } from "../callback.ts";
import type { ContextHook } from "../instrument.ts";

/** Runs a function in the context in which it was made. */
type Snapshot = (body: () => void) => void;

/**
 * Carries every `AsyncLocalStorage` of the program from where a callback is scheduled to where it runs. Without it a
 * callback runs in the context of whoever happened to wake the loop up, which may be another job's.
 *
 * @example
 * ```ts
 * import { AsyncLocalStorage } from "node:async_hooks";
 * import { EventLoop } from "@skein/loop";
 * import { instrument } from "@skein/loop/instrument";
 * import { asyncContext } from "@skein/loop/node";
 *
 * const loop = new EventLoop({ instrument: instrument({ context: asyncContext }) });
 * const user = new AsyncLocalStorage<string>();
 * user.run("ada", () => loop.callSoon(() => console.log(user.getStore()))); // "ada", whatever else runs meanwhile
 * loop.start();
 * ```
 */
export const asyncContext: ContextHook<Snapshot> = {
  capture: () => AsyncLocalStorage.snapshot(),
  run: (snapshot, body) => {
    check("run in a context", "what was captured", snapshot);
    check("run in a context", "the body", body);
    snapshot(body);
  },
};
