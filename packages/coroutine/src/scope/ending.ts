/** Ask, insist, end, as they are done to the frames of one task; who is reached by what is in `delivery.ts`. */
import {
  bridge,
  CancelledError,
  cancelWith,
  fulfil,
  isCancelled,
  listenTo,
  makeCancelled,
  reject,
} from "@skein/future";
import { SwallowedCancelError } from "../errors.ts";
import { END, type Mode, NEXT, STOP, THROW } from "../task/stage.ts";
import type { Task } from "../task/task.ts";
import type { CancelScope } from "./cancel-scope.ts";
import { close, runCleanups } from "./cleanup.ts";
import { dueInsist, encloses, isAround, type Trouble, wasAsked } from "./delivery.ts";

/** Insisted throws that one frame may ignore before it is ended by force. */
const MAX_INSISTS = 1000;
/** `return()`s that a frame which is ended by force may answer with another wait. */
const MAX_RETURNS = 16;

/** An ask for `scope` is in flight from now on; it stands for those of scopes inside that. */
export function deliver(task: Task<unknown>, scope: CancelScope): Mode {
  const trouble = task.trouble as Trouble;
  let outer = trouble.ask;
  while (outer !== null && isAround(scope, outer.scope, task)) outer = outer.outer;
  trouble.ask = { scope, level: task.scope, outer };
  return THROW;
}

/** C2 is kept also here: a frame is not ended while a group that it opened has children, who are insisted upon, too. */
export function insist(task: Task<unknown>, scope: CancelScope): Mode {
  const trouble = task.trouble as Trouble;
  trouble.insisted++;
  if (!wasAsked(task, scope)) return deliver(task, scope);
  if (trouble.insisted <= MAX_INSISTS || hasChildrenInFrame(task)) return THROW;
  trouble.insisted = 0;
  return END;
}

/** What the frame is to be ended by force for, if what it has called has ignored as much. */
export function exhausted(task: Task<unknown>): CancelledError | null {
  const { trouble } = task;
  if (trouble === null || trouble.insisted <= MAX_INSISTS || hasChildrenInFrame(task)) return null;
  const scope = dueInsist(task, entryScope(task)); // not one that the frame itself has opened, and will leave
  if (scope === null) return null;
  trouble.insisted = 0;
  return errorOf(scope);
}

function hasChildrenInFrame(task: Task<unknown>): boolean {
  const end = entryScope(task);
  for (let scope = task.scope; scope !== end && scope !== null; scope = scope.parent)
    if (scope.join() !== null) return true;
  return false;
}

/** The scope in which the frame was started. */
function entryScope(task: Task<unknown>): CancelScope | null {
  const caller = task.rare?.callers.at(-1);
  return caller === undefined ? task.base : caller.scope;
}

/** Ends the frame by force: it ignored its cancellation a thousand times. Gives what its caller gets: that, or what a `finally` throws. */
export function endFrame(task: Task<unknown>, error: CancelledError): unknown {
  let ended = false;
  let thrown: unknown = error;
  for (let i = 0; i < MAX_RETURNS && !ended; i++) {
    try {
      ended = task.frame?.return?.(undefined as never)?.done !== false;
    } catch (raised) {
      ended = true;
      if (!isCancelled(raised)) thrown = raised; // C4
    }
    bridge.request = null;
  }
  const end = entryScope(task);
  while (task.scope !== end && task.scope !== null) close(task.scope, task);
  const report = new SwallowedCancelError(task.name, ended ? "was ended by force" : "was abandoned", !ended, error);
  task.loop.reportError(report, { what: ended ? "task ended by force" : "task abandoned", name: task.name });
  return thrown;
}

/** The last frame has ended: goes on with what it left to be cleaned up, if anything, or settles the task. */
export function finish(task: Task<unknown>, failed: boolean, value: unknown): Mode {
  if (task.cleanups !== null || task.scope !== task.base) {
    task.frame = runCleanups(task, task, failed, value);
    return NEXT;
  }
  task.frame = null;
  const group = task.base;
  let groupHears = false;
  if (!failed) fulfil(task, value);
  else if (value instanceof CancelledError && encloses(value.scope, task)) cancelWith(task, value);
  else {
    groupHears = group !== null && task.rare?.ownerHears !== true;
    if (groupHears) listenTo(task);
    reject(task, value);
  }
  task.end();
  try {
    if (groupHears) group?.childFailed(task.name, value);
  } finally {
    group?.remove(task); // whatever happens: or the group would wait for ever
  }
  return STOP;
}

export function errorOf(scope: CancelScope): CancelledError {
  return scope.cancellation?.error ?? makeCancelled(undefined);
}
