/*
 * What the programs of the sweep are made with: everything that they take is in a book, so that afterwards it can be told
 * whether each cleanup ran once and to its end, and whether anybody still waits anywhere.
 */
import { countWaiters } from "@skein/future/testing";
import {
  currentTask,
  Future,
  type Operation,
  ParkingLot,
  type Resource,
  sleep,
  type TaskGroup,
} from "../../src/index.ts";
import type { TestControl } from "../../src/testing/index.ts";

/** A cleanup that has to run once. `must`: and to its end, whatever happens. */
interface Entry {
  readonly name: string;
  begun: number;
  done: number;
  must: boolean;
}

/** A program as people write them, and what it gives when it is left alone, or cut short from inside. */
export type Program = readonly [body: (kit: Kit, root: TaskGroup) => Operation<unknown>, gives: unknown];

export class Kit {
  readonly entries: Entry[] = [];
  private readonly waiting: [name: string, count: () => number][] = [];
  readonly t: TestControl;
  constructor(t: TestControl) {
    this.t = t;
  }

  /**
   * Does `body`, and cleans up in a `finally` that waits twice. One that a cancellation began runs to its end, and no
   * second one cuts it off; one that is come to because the body was over is code like any other, and may be asked once.
   */
  *guard<T>(name: string, body: () => Operation<T>): Operation<T> {
    const entry = this.enter(name, false);
    try {
      return yield* body();
    } finally {
      entry.begun++;
      entry.must = currentTask()?.phase === "cancelling";
      yield* sleep(1);
      yield* sleep(1);
      entry.done++;
    }
  }

  /** A wait of `ms` in such a guard. */
  nap(ms: number, name = `nap ${ms}`): Operation<number> {
    return this.guard(name, function* () {
      yield* sleep(ms);
      return ms;
    });
  }

  /** Takes a moment to open and one to close; what was opened must be closed. */
  resource(name: string): Resource<string> {
    const kit = this;
    const open: Entry[] = [];
    return {
      *acquire() {
        yield* sleep(1);
        open.push(kit.enter(name, true));
        return name;
      },
      *release() {
        const entry = open.pop() as Entry;
        entry.begun++;
        yield* sleep(1);
        entry.done++;
      },
    };
  }

  /** Says that what has begun now has to be over at the end. */
  enter(name: string, must: boolean): Entry {
    const entry = { name, begun: 0, done: 0, must };
    this.entries.push(entry);
    return entry;
  }

  /** For primitives: nobody may wait in it at the end. */
  watch<P extends { statistics(): { readonly waiting: number }; describe(): string }>(primitive: P): P {
    this.waiting.push([primitive.describe(), () => primitive.statistics().waiting]);
    return primitive;
  }

  /** A future of the program's own, which nobody may wait for at the end. */
  pending<T>(name: string): ReturnType<typeof Future.withResolvers<T>> {
    const made = Future.withResolvers<T>({ loop: this.t.loop, name });
    this.waiting.push([`future ${name}`, () => countWaiters(made.future)]);
    return made;
  }

  /** A bounded queue, as anybody would write it on parking lots. */
  queue<T>(capacity: number): { put(item: T): Operation<void>; take(): Operation<T>; readonly length: number } {
    const items: T[] = [];
    const notFull = this.watch(new ParkingLot({ name: "not full" }));
    const notEmpty = this.watch(new ParkingLot({ name: "not empty" }));
    return {
      *put(item) {
        while (items.length >= capacity) yield* notFull.park();
        items.push(item);
        notEmpty.unpark();
      },
      *take() {
        while (items.length === 0) yield* notEmpty.park();
        const item = items.shift() as T;
        notFull.unpark();
        if (items.length > 0) notEmpty.unpark(); // who was woken may have been cancelled since
        return item;
      },
      get length() {
        return items.length;
      },
    };
  }

  /** What is not as it should be; empty if all is well. */
  faults(): string[] {
    return [
      ...this.entries
        .filter(({ begun, done, must }) => begun !== 1 || (must && done !== 1))
        .map(({ name, begun, done, must }) => `${name}: begun ${begun}, done ${done}${must ? ", and had to be" : ""}`),
      ...this.waiting.filter(([, count]) => count() > 0).map(([name, count]) => `${name}: ${count()} wait`),
    ];
  }
}
