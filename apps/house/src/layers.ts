/** The layers from the bottom up, each with its contract file: what the layer above may read, and nothing more. */
export const layers: readonly { readonly name: string; readonly contract: string }[] = [
  { name: "loop", contract: "packages/loop/src/scheduler.ts" },
  { name: "future", contract: "packages/future/src/awaitable.ts" },
  { name: "coroutine", contract: "packages/coroutine/src/operation.ts" },
  { name: "stream", contract: "packages/stream/src/source.ts" },
];
