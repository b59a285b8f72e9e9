import { checkpoint, type Operation, type TaskGroup } from "../../../src/index.ts";

/** A classic bug, as it is usually written: with Skein, with Skein and put right, and with promises. */
export interface Exhibit {
  readonly name: string;
  /** Within so many schedules it has to be found, by each order. */
  readonly within: number;
  /** What is found. */
  readonly finding: RegExp;
  readonly broken: Program;
  readonly fixed: Program;
  /** The broken one for those who have no tasks. It rejects, or never ends, if the bug shows. */
  readonly promises: (io: Io) => Promise<unknown>;
}

export type Program = (root: TaskGroup) => Operation<unknown>;
/** Stands for I/O, of any length. */
export type Io = () => Promise<unknown>;

/** Stands for I/O: others may go on meanwhile. */
export const io = checkpoint;

export function must(truth: boolean, what: string): void {
  if (!truth) throw new Error(what);
}

/** Starts tasks, `a`, `b` and so on, and waits for all of them. */
export function* together(root: TaskGroup, ...bodies: readonly (() => Operation<unknown>)[]): Operation<void> {
  const tasks = bodies.map((body, i) => root.spawn(body, { name: "abc"[i] }));
  for (const task of tasks) yield* task;
}
