import type { HostGlobals } from "@skein/future/testing";

/** As far as they are there: a browser has no `setImmediate`, Node no `scheduler`. */
const found = globalThis as unknown as { readonly [Name in keyof HostGlobals]: HostGlobals[Name] };

/**
 * The host's own timers and turns, as they were when this was loaded: a test needs them also while fake ones stand in
 * their place. Bound, since browsers ask that.
 */
export const hostGlobals: HostGlobals = /* @__PURE__ */ bound();

function bound(): HostGlobals {
  const { performance, scheduler, MessageChannel, setImmediate } = found;
  return {
    performance,
    queueMicrotask: found.queueMicrotask.bind(globalThis),
    setTimeout: found.setTimeout.bind(globalThis),
    clearTimeout: found.clearTimeout.bind(globalThis),
    ...(setImmediate && { setImmediate: setImmediate.bind(globalThis) }),
    ...(scheduler && { scheduler }),
    ...(MessageChannel && { MessageChannel }),
  };
}
