import type { Receipt } from "./receipt.ts";
import { waitersOf } from "./wait-queue.ts";

/** What has a name, and a tag that says what it is. */
interface Named {
  readonly name: string;
  readonly [Symbol.toStringTag]: string;
}

/**
 * For the layers above: has `util.inspect` and `console.log` show what inherits from `base` by tag, name and what `look`
 * tells of it, instead of its fields.
 *
 * @returns `base`, by a call that bundlers know to be pure if it is marked so: what is not imported costs nothing. (It is no
 *   method since isolated declarations cannot name its symbol.)
 * @example
 * ```ts
 * import { shownAs } from "@skein/future";
 *
 * const Shown: new () => object = shownAs(class {}, (door: Door) => ({ state: door.open ? "open" : "shut" }));
 * class Door extends Shown {
 *   readonly name = "front";
 *   open = false;
 *   get [Symbol.toStringTag]() {
 *     return "Door";
 *   }
 * }
 * console.log(new Door()); // Door "front" { state: 'shut' }
 * ```
 */
export function shownAs<C extends { readonly prototype: object }>(base: C, look: (self: never) => object): C {
  const value = function (
    this: Named,
    depth: number | null,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const head = `${this[Symbol.toStringTag]} ${JSON.stringify(this.name)}`;
    if (depth !== null && depth < 0) return `[${head}]`;
    // A future may be the value of futures, and of itself: there is an end also where none was asked for.
    return `${head} ${inspect(look(this as never), { ...options, depth: Math.min(depth ?? 20, 20) })}`;
  };
  const key = Symbol.for("nodejs.util.inspect.custom");
  Object.defineProperty(base.prototype, key, { value, configurable: true, writable: true });
  return base;
}

/**
 * What is shown of a future: `{ status: 'fulfilled', value: 42 }`, or `{ status: 'pending', waiters: [ 'a', '<3 more>', 'b' ] }`,
 * of those that listen. To look is not to listen. (F7)
 */
export function lookAtFuture(future: Receipt<unknown>): object {
  return future.peek() ?? { status: "pending", waiters: nameWaiters(future) };
}

function nameWaiters(future: Receipt<unknown>): unknown[] {
  const names = waitersOf(future)
    .filter((node) => !node.silent)
    .map((node) => (node as { name?: string }).name);
  if (names.length > 2) names.splice(1, names.length - 2, `<${names.length - 2} more>`);
  return names;
}
