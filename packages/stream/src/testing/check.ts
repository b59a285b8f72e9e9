import { type Operation, run, type TaskGroup } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";

/** One rule, to be run by whatever test runner there is. */
export interface Check {
  /** The rule's id, as `S4`. */
  readonly id: string;
  /** What is checked. */
  readonly name: string;
  /** @throws {Error} That says what was expected and what was seen. */
  run(): void;
}

/** A check whose body is a task on virtual time. An error that is reported fails it, unless it was given to `mayReport`. */
export function check(
  id: string,
  name: string,
  body: (root: TaskGroup, loop: VirtualLoop, mayReport: (error: unknown) => void) => Operation<void>,
): Check {
  return {
    id,
    name,
    run(): void {
      const known = new Set<unknown>();
      const reports: unknown[] = [];
      const loop = new VirtualLoop({ onError: (error) => void (known.has(error) || reports.push(error)) });
      const task = run((root) => body(root, loop, (error) => void known.add(error)), { loop, name: `${id} ${name}` });
      for (;;) {
        loop.runUntilIdle();
        if (task.state !== "pending") break;
        if (!loop.advanceToNext()) throw new Error(`${id}: a wait does not end; was the host never woken after WAIT?`);
      }
      task.result();
      if (reports.length > 0) throw reports[0];
    },
  };
}

/** @throws {Error} If `seen` is not `expected`, item by item for arrays. */
export function equal(seen: unknown, expected: unknown, what: string): void {
  const same =
    Array.isArray(seen) && Array.isArray(expected)
      ? seen.length === expected.length && seen.every((item, index) => Object.is(item, expected[index]))
      : Object.is(seen, expected);
  if (!same) throw new Error(`${what}: expected ${show(expected)}, saw ${show(seen)}`);
}

function show(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(String).join(", ")}]` : String(value);
}
