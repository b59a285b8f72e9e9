import type { Future } from "./future.ts";
import { type WaitQueue, waitersOf } from "./wait-queue.ts";

/**
 * How `util.inspect` and `console.log` show a future: `Future "pizza" { status: 'fulfilled', value: 42 }`, or
 * `Future "pizza" { status: 'pending', waiters: [ 'a', '<3 more>', 'b' ] }`. To look is not to listen. (F7)
 */
export function inspectFuture(
  this: Future<unknown>,
  depth: number | null,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const head = `${this[Symbol.toStringTag]} ${JSON.stringify(this.name)}`;
  if (depth !== null && depth < 0) return `[${head}]`;
  const shown = this.peek() ?? { status: "pending", waiters: nameWaiters(this) };
  // A future may be the value of futures, and of itself: there is an end also where none was asked for.
  return `${head} ${inspect(shown, { ...options, depth: Math.min(depth ?? 20, 20) })}`;
}

/** Has `util.inspect` show what inherits from `base` by `show`. Not a method: isolated declarations cannot name its symbol. */
export function shownAs<C extends { readonly prototype: object }>(base: C, show: typeof inspectFuture): C {
  const key = Symbol.for("nodejs.util.inspect.custom");
  Object.defineProperty(base.prototype, key, { value: show, configurable: true, writable: true });
  return base;
}

function nameWaiters(queue: WaitQueue): unknown[] {
  const names = waitersOf(queue).map((node) => (node as { name?: string }).name);
  if (names.length > 2) names.splice(1, names.length - 2, `<${names.length - 2} more>`);
  return names;
}
