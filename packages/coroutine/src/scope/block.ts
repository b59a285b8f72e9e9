import { MisuseError, type Wait } from "@skein/future";
import { checkpoint } from "../checkpoint.ts";
import type { Operation } from "../operation.ts";
import { recognise, requireOperation } from "../task/body.ts";
import { Inside } from "../task/call.ts";
import { requireTask } from "../task/current.ts";
import type { Task } from "../task/task.ts";
import type { CancelScope } from "./cancel-scope.ts";
import { close, endInside, runCleanups } from "./cleanup.ts";
import { isDue } from "./delivery.ts";

/**
 * The life of every block, scope and group alike: opened when the running task comes to it, its body, then whatever
 * it owns (children first, as they may use what is cleaned up), then it is left and `conclude` says what came of it.
 */
export function* runBlock<B extends CancelScope, T, R>(
  open: (task: Task<unknown>) => B,
  body: (block: B) => Operation<T>,
  conclude: (block: B, failed: boolean, value: unknown) => R,
): Generator<Wait, T | R, unknown> {
  const task = requireTask("a scope or group");
  const block = open(task);
  task.scope = block;
  let failed = false;
  let joined = false;
  let value: unknown;
  let inside: Inside<T> | undefined;
  try {
    try {
      const operation = requireOperation(body(block), `run ${block.describe()}`); // by that name `inspect` finds what is inside a runtime frame
      inside = new Inside(operation); // a frame of its own: a wait in it resumes it, and not this one and what is around
      value = yield* inside;
    } catch (raised) {
      if (inside?.begun === false) throw raised;
      failed = true;
      value = recognise(raised, task);
    }
    if (task.scope !== block) {
      yield* endInside(task, block, "left open");
      const what = `Cannot end ${block.describe()}: a block in it is open; step blocks by \`yield*\`.`;
      value = new MisuseError(what, { cause: failed ? value : undefined });
      failed = true;
    }
    block.bodyEnded(failed, value);
    for (;;) {
      const children = block.join();
      if (children !== null) {
        joined = true;
        yield* children;
      } else if (block.cleanups !== null) {
        try {
          value = yield* runCleanups<T>(task, block, failed, value);
        } catch (error) {
          failed = true;
          value = error;
        }
      } else break;
    }
  } finally {
    if (block.open) close(block, task);
  }
  // C8: it had to wait, so a cancel from further out that came meanwhile shows here; but real errors beat it (C4).
  if (joined && isDue(task) && !block.hasErrors(failed, value)) yield* checkpoint();
  return failed || block.hasErrors(failed, value) ? conclude(block, failed, value) : (value as T);
}
