/** The signals that Skein has made for scopes and promises. They end with these: a listener left on one is no leak. */
export const ownSignals: WeakSet<AbortSignal> = /* @__PURE__ */ new WeakSet();

/** A controller whose signal is Skein's own. */
export function ownController(): AbortController {
  const controller = new AbortController();
  ownSignals.add(controller.signal);
  return controller;
}
