/** Where things come from: the first line of a stack that is not Skein's own. */
import { bridge, type Scheduler } from "@skein/future";
import { deepError } from "../task/deep-error.ts";
import { WAITING } from "../task/stage.ts";
import type { Task } from "../task/task.ts";
import { userPlace } from "./frames.ts";

export interface Birth {
  readonly name: string;
  /** The name of the task whose wait made it. */
  readonly owner?: string;
  /** Read when it is asked for: `file:line:column`, or who it belongs to. */
  readonly at: () => string;
}

/** Remembers where tasks, timers and the like were made. */
export class Births {
  private readonly tasks = new WeakMap<Task<unknown>, Birth>();

  noteTask(task: Task<unknown>): void {
    this.tasks.set(task, this.note(task.name));
  }

  ofTask(task: Task<unknown>): string {
    return this.tasks.get(task)?.at() ?? "before the test";
  }

  /**
   * What is made here and now. What a task's own wait makes costs no stack, since it lives as long as the wait.
   *
   * @param name How to call it.
   */
  note(name: string): Birth {
    const task = bridge.running as Task<unknown> | null;
    if (task?.stage === WAITING) {
      return { name: name || task.name, owner: task.name, at: () => `a wait of task "${task.name}"` };
    }
    const made = deepError(30);
    return { name: name || "anonymous", at: () => userPlace(made.stack) };
  }
}

/** True while a task of `loop` runs. */
export const isRunningOn = (loop: Scheduler): boolean => bridge.running?.loop === loop;
