import { type Operation, run, type Task, type TaskGroup, type TimerHandle, type Wait } from "@skein/coroutine";
import { runTest, TestFailedError, VirtualLoop } from "@skein/coroutine/testing";

/** Runs `main` on virtual time, to its end, and gives its value or throws its error. Fails where all wait for ever. */
export function play<T>(main: (root: TaskGroup, loop: VirtualLoop) => Operation<T>): T {
  const loop = new VirtualLoop();
  return finish(
    loop,
    run((root) => main(root, loop), { loop, name: "main" }),
  );
}

/** Drives `loop` until `task` has ended; nothing may be left to do afterwards. */
export function finish<T>(loop: VirtualLoop, task: Task<T>): T {
  for (;;) {
    loop.runUntilIdle();
    if (task.state !== "pending") break;
    if (!loop.advanceToNext()) throw new Error(`deadlock: ${loop.holds.length === 0 ? "all tasks wait" : loop.holds}`);
  }
  if (loop.timers > 0) throw new Error(`${loop.timers} timers are left`);
  return task.result();
}

/** As `play`, for what waits for promises as well: gives the host its turns. What outlives it is a failure. */
export function playOnHost<T>(main: (root: TaskGroup, loop: VirtualLoop) => Operation<T>): Promise<T> {
  return runTest((root, t) => main(root, t.loop)).catch((error: unknown) => {
    throw error instanceof TestFailedError && error.code === "TEST_FAILED" ? error.cause : error;
  });
}

/** Lets promises and callbacks of the host come to rest. */
export async function hostTurns(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What `body` throws. */
export function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** What came of an operation, its error included: for tasks whose failure is looked at later. */
export function* outcomeOf<T>(operation: Operation<T>): Generator<Wait, { value: T } | { error: unknown }, unknown> {
  try {
    return { value: yield* operation };
  } catch (error) {
    return { error };
  }
}

/** A loop on which work takes time: `work(ms)` in a callback. What is due by then runs in the next pass. */
export class BusyLoop extends VirtualLoop {
  workedMs = 0;
  private readonly waiting = new Set<{ readonly deadlineMs: number; readonly fire: () => void }>();

  override now(): number {
    return this.workedMs;
  }
  override get timers(): number {
    return this.waiting.size;
  }
  override callLater<A>(delayMs: number, callback: (arg: A) => void, arg?: A): TimerHandle {
    return this.callAt(this.workedMs + delayMs, callback, arg);
  }
  override callAt<A>(deadlineMs: number, callback: (arg: A) => void, arg?: A): TimerHandle {
    const timer = { deadlineMs, fire: () => callback(arg as A) };
    if (deadlineMs < Number.POSITIVE_INFINITY) this.waiting.add(timer);
    return { deadlineMs, cancel: () => void this.waiting.delete(timer) } as unknown as TimerHandle;
  }
  work(ms: number): void {
    this.workedMs += ms;
    const due = [...this.waiting].filter((timer) => timer.deadlineMs <= this.workedMs);
    for (const timer of due.sort((a, b) => a.deadlineMs - b.deadlineMs)) {
      this.callSoon(() => {
        if (this.waiting.delete(timer)) timer.fire();
      });
    }
  }
  override advanceToNext(): boolean {
    const nextMs = Math.min(...[...this.waiting].map((timer) => timer.deadlineMs));
    if (nextMs === Number.POSITIVE_INFINITY) return false;
    this.work(Math.max(0, nextMs - this.workedMs));
    return true;
  }
}
