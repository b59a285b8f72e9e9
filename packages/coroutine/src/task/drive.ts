/**
 * Everything that a step is, besides "resumes, parks again" (`Task.step`): the frames of `call`, what a frame yields
 * or throws, cancellation at a wait, and the end.
 */
import {
  bridge,
  type CancelledError,
  isCancelled,
  PAUSE,
  type Request,
  WAIT,
  type Wait,
  type Waiter,
} from "@skein/future";
import { explain } from "../group/kept-errors.ts";
import { dueAsk, dueInsist, isDue } from "../scope/delivery.ts";
import { deliver, endFrame, errorOf, exhausted, finish, insist } from "../scope/ending.ts";
import { insistAndReport } from "../scope/swallowed.ts";
import { type Frame, raise, recognise, resume, thrown } from "./body.ts";
import {
  ASKED,
  END,
  LOOK,
  type Mode,
  NEXT,
  PAUSED,
  RESUMED,
  RUNNING,
  STOP,
  type Stage,
  THROW,
  WAITING,
} from "./stage.ts";
import type { Task } from "./task.ts";
import { post } from "./turn.ts";

/** Ready answers that one step may have before the task gives up the pass. */
export const FUEL = 1000;

/** Steps a task that a cancellation concerns: throws what is due, if anything is. */
export function stepInTrouble(task: Task<unknown>): void {
  const { stage } = task;
  if (stage === ASKED || stage === PAUSED) {
    const asked = dueAsk(task);
    const scope = asked ?? dueInsist(task);
    if (scope !== null) {
      const error = errorOf(scope);
      if (asked !== null) enter(task, deliver(task, scope), error);
      else if (task.loop.debug === true) insistAndReport(task, error, () => enter(task, insist(task, scope), error));
      else enter(task, insist(task, scope), error);
      return;
    }
  }
  bridge.resumed = stage === RESUMED;
  // A paused operation may try once more (A4); after any other step the next ready answer has to look first.
  enter(task, NEXT, task.takeGift(), stage === PAUSED ? 1 : 0);
}

/** Drives the frame with `bridge` set for its task. */
export function enter(
  task: Task<unknown>,
  mode: Mode,
  value: unknown,
  fuelHere: number = task.trouble === null ? FUEL : 0,
): void {
  const { running, fuel } = bridge;
  bridge.running = task;
  bridge.fuel = fuelHere;
  task.stage = RUNNING;
  try {
    drive(task, mode, value);
  } finally {
    leave(running, fuel);
  }
}

export function drive(task: Task<unknown>, mode: Mode, value: unknown): void {
  while (mode !== STOP) {
    if (mode === END) {
      value = endFrame(task, value as CancelledError);
      mode = threw(task, value);
      continue;
    }
    let result = value as IteratorResult<Wait, unknown>;
    if (mode !== LOOK) {
      const frame = task.frame as Frame;
      const outer = thrown.in;
      try {
        if (mode === THROW) thrown.in = value;
        result = mode === THROW ? raise(frame, value) : resume(frame, value);
      } catch (error) {
        value = recognise(error, task);
        thrown.in = outer;
        mode = threw(task, value);
        const end = mode === THROW ? exhausted(task) : null;
        if (end !== null) {
          mode = END;
          value = end;
        }
        continue;
      }
      thrown.in = outer;
    }
    const { request } = bridge;
    bridge.request = null;
    bridge.resumed = false;
    if (result.done) {
      value = result.value;
      if (!popFrame(task)) mode = finish(task, false, value);
      else {
        mode = NEXT;
        const error = exhausted(task);
        if (error === null) bridge.resumed = true;
        else {
          mode = END;
          value = error;
        }
      }
    } else if (result.value === WAIT && request !== null) {
      try {
        mode = wait(task, request);
        value = undefined;
      } catch (error) {
        mode = THROW;
        value = notParked(task, error);
      }
    } else {
      value = task.yielded(result.value);
      mode = value === undefined ? STOP : task.isExhausted() ? END : THROW;
    }
  }
}

/** Stops for `request`, or goes on at once in the frame that it calls. */
function wait(task: Task<unknown>, request: Request): Mode {
  if (task.trouble !== null && !request.sealed && isDue(task)) task.askSoon();
  else if (request === PAUSE) {
    task.stage = PAUSED;
    post(task);
  } else {
    task.waitSlot = request;
    task.stage = WAITING;
    request.park(task);
    if ((task.stage as Stage) === RUNNING) return NEXT;
  }
  return STOP;
}

/** `park` has thrown: that is thrown at the wait. */
export function notParked(task: Task<unknown>, error: unknown): unknown {
  task.waitSlot = undefined;
  task.stage = RUNNING;
  return error;
}

/** The frame has thrown: goes on in its caller, if there is one. */
export function threw(task: Task<unknown>, error: unknown): Mode {
  bridge.request = null;
  bridge.resumed = false;
  const ask = task.trouble?.ask;
  if (ask && !isCancelled(error)) explain(error, errorOf(ask.scope)); // C3: it was asked to end, and fails instead
  return popFrame(task) ? THROW : finish(task, true, error);
}

function popFrame(task: Task<unknown>): boolean {
  const caller = task.rare?.callers.pop();
  if (caller === undefined) return false;
  task.frame = caller.frame;
  const { trouble } = task;
  // One that ignores no throw itself, but calls those that do, for ever, is to be ended as well.
  if (trouble !== null) trouble.insisted = caller.insisted + Math.sign(trouble.insisted);
  return true;
}

/** Gives `bridge` back to the task that was being stepped, if steps are nested: it may have been cancelled meanwhile. */
export function leave(running: Waiter | null, fuel: number): void {
  bridge.running = running;
  bridge.fuel = running !== null && (running as Task<unknown>).trouble !== null ? 0 : fuel;
}
