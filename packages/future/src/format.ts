import type { Future } from "./future.ts";
import { type WaitQueue, waitersOf } from "./wait-queue.ts";

/**
 * How `util.inspect` and `console.log` show a future: `Future "pizza" { status: 'fulfilled', value: 42 }`, or
 * `Future "pizza" { status: 'pending', waiters: [ 'a', '<3 more>', 'b' ] }`. To look is not to listen. (F7)
 */
export function inspectFuture(
  this: Future<unknown>,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const shown = this.peek() ?? { status: "pending", waiters: nameWaiters(this) };
  return `${this[Symbol.toStringTag]} ${JSON.stringify(this.name)} ${inspect(shown, options)}`;
}

function nameWaiters(queue: WaitQueue): unknown[] {
  const names = waitersOf(queue).map((node) => (node as { name?: string }).name);
  if (names.length > 2) names.splice(1, names.length - 2, `<${names.length - 2} more>`);
  return names;
}
