import { bridge, Waitable } from "@skein/future";

const known = /* @__PURE__ */ Symbol("operation");

/**
 * On a loop with `debug`: an operation that a task has made is reported, with where it was made, if it is gone one day
 * without ever having been used, as its star was most likely forgotten. For whoever makes operations of their own; a bare
 * generator function cannot tell, since nothing runs when it is called. On any loop: `isKnownOperation` knows it afterwards.
 *
 * @returns the operation itself.
 * @example
 * ```ts
 * import { expectUse, type Operation, run, sleep } from "@skein/coroutine";
 *
 * function* toasting(count: number): Operation<string> {
 *   yield* sleep(count);
 *   return `${count} slices`;
 * }
 * const toast = (count: number): Operation<string> => expectUse(toasting(count));
 * console.log(await run(() => toast(2)));
 * ```
 */
export function expectUse<O extends object>(operation: O): O {
  if (!(operation instanceof Waitable)) (operation as { [known]?: true })[known] = true;
  return watched(operation);
}

function watched<O extends object>(operation: O): O {
  const task = bridge.running;
  task?.loop.expectUse?.(operation, `an operation of task "${task.name}"`);
  return operation;
}

/**
 * True for an operation that this library made, or that went through `expectUse`: for those who take iterables, to
 * refuse it where it is given. Of another generator only running it tells.
 *
 * @example
 * ```ts
 * import { all, isKnownOperation } from "@skein/coroutine";
 *
 * console.log(isKnownOperation(all([])), isKnownOperation([])); // true false
 * ```
 */
export function isKnownOperation(value: object): boolean {
  return value instanceof Waitable || known in value;
}

/** As `expectUse`, of an operation without state that serves all: where its use is watched, each gets one of their own. */
export function expectEachUse<O extends object>(shared: O): O {
  return bridge.running?.loop.expectUse ? watched(Object.create(shared) as O) : shared;
}
