import type { Operation, OperationIterator, Wait } from "@skein/coroutine";

/** An operation as it is, for one `yield*`; afterwards it tells whether that has waited, or the answer was there already. */
export class Seen<T> implements OperationIterator<T> {
  waited = false;
  private readonly seen: OperationIterator<T>;

  constructor(operation: Operation<T>) {
    this.seen = operation[Symbol.iterator]();
  }
  [Symbol.iterator](): this {
    return this;
  }
  next(value?: unknown): IteratorResult<Wait, T> {
    return this.look(this.seen.next(value));
  }
  throw(error: unknown): IteratorResult<Wait, T> {
    return this.look(this.seen.throw(error));
  }
  return(value: never): IteratorResult<Wait, T> {
    return this.seen.return?.(value) ?? { done: true, value };
  }
  private look(result: IteratorResult<Wait, T>): IteratorResult<Wait, T> {
    if (result.done !== true) this.waited = true;
    return result;
  }
}
