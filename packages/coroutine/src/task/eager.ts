import type { Task } from "./task.ts";
import { turnOf } from "./turn.ts";

/** How many such steps may be nested in each other: Node's stack has room for some 1,300 of them, a browser's for fewer. */
const MAX_NESTED = 200;
let nested = 0;

/** Steps a task now, in the stack of who spawns it. False: there are too many such below it; it has to wait for its turn. */
export function stepEagerly(task: Task<unknown>): boolean {
  if (nested >= MAX_NESTED) return false;
  nested++;
  try {
    turnOf(task)(task);
  } finally {
    nested--;
  }
  return true;
}
