import { bridge, MisuseError, Waitable } from "@skein/future";

const known = /* @__PURE__ */ Symbol("operation");
/** A generator that went through `expectUse`; `known` is true until it is used. */
type Known = Generator & { [known]?: boolean; readonly [Symbol.toStringTag]: string };

/** A generator is one run of its function: used again, it would end at once and give undefined. */
function begin(this: Known): Known {
  if (!this[known]) throw new MisuseError("Cannot use an operation again: it has begun; make a new one.");
  this[known] = false;
  return this;
}

/** ADV-35: `const [a] = operation` calls this with the request of its `next()` still there. What has begun ends first. */
function end(this: Known, value: never): IteratorResult<unknown, unknown> {
  const { request } = bridge;
  bridge.request = null;
  const result = (Object.getPrototypeOf(this) as Known).return.call(this, value);
  if (request === null) return result;
  bridge.request = request;
  return Waitable.prototype.return(); // throws
}

/**
 * On a loop with `debug`: an operation that a task has made is reported, with where it was made, if it is gone one day
 * without ever having been used, as its star was most likely forgotten. For whoever makes operations of their own; a bare
 * generator function cannot tell, since nothing runs when it is called. On any loop: `isKnownOperation` knows it afterwards,
 * and a generator is refused where it is used a second time, as one run of its function cannot be had twice.
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
  if (!(operation instanceof Waitable)) {
    const one = operation as unknown as Known;
    one[known] = true;
    if (one[Symbol.toStringTag] === "Generator") {
      one[Symbol.iterator] = begin;
      one.return = end as never;
    }
  }
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
