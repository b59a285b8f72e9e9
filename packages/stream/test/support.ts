import { type Operation, run, type Task, type TaskGroup, type Wait } from "@skein/coroutine";
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
