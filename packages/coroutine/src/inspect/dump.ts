import { CANNOT_LOOK, canLook } from "../node/look-into.ts";
import { requireOptions, show } from "../task/body.ts";
import { inspect, placeOf } from "./inspection.ts";
import { type BlockSnapshot, type CancelSnapshot, snapshot, type TaskSnapshot } from "./snapshot.ts";
import { tasks } from "./tasks.ts";

export interface DumpOptions {
  /** Shows where each task stands and its local variables too; where only Node could, it says so. They may hold secrets: false by default. */
  readonly locals?: boolean | undefined;
}

/**
 * Writes the tree of all that lives: what each task waits for and since when, who spawned it, and by whom and why it
 * was cancelled. `track()` makes it know the times and the spawners of tasks made from then on.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { dump } from "@skein/coroutine/inspect";
 *
 * const task = run(function* main(root) {
 *   root.spawn(function* worker() { yield* sleep(5); });
 *   yield* sleep(1);
 *   console.log(dump());
 * });
 * await task;
 * ```
 */
export function dump(options: DumpOptions = {}): string {
  requireOptions(options, "dump the tasks");
  const { tasks: roots, orphans } = snapshot();
  const frames = options.locals ? framesByOrder() : () => [];
  const lines: string[] = [];
  const open: { readonly depth: number; readonly task?: TaskSnapshot; readonly block?: BlockSnapshot }[] = [];
  const push = (depth: number, items: readonly TaskSnapshot[]): void => {
    for (let i = items.length - 1; i >= 0; i--) open.push({ depth, task: items[i] as TaskSnapshot });
  };
  push(0, roots);
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const indent = indentOf(item.depth);
    if (item.task !== undefined) {
      lines.push(indent + taskLine(item.task), ...frames().map((line) => `${indent}  ${line}`));
      const blocks = item.task.blocks.filter(worthALine);
      for (let i = blocks.length - 1; i >= 0; i--)
        open.push({ depth: item.depth + 1, block: blocks[i] as BlockSnapshot });
    } else if (item.block !== undefined) {
      lines.push(indent + blockLine(item.block));
      push(item.depth + 1, item.block.tasks);
    }
  }
  for (const { task, sinceMs } of orphans)
    lines.push(`orphan: a promise that "${task}" waited for and left at ${ms(sinceMs)}`);
  if (lines.length === 0) return "no tasks";
  if (options.locals && !canLook()) lines.push(CANNOT_LOOK);
  return lines.map(oneLine).join("\n");
}

/** Whatever a name or a reason holds, a line stays one, and a terminal is sent no commands. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => {
    const escaped = JSON.stringify(char).slice(1, -1);
    return escaped === char ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}

/** Beyond a screen's width the depth is said instead of shown, or a deep tree would be mostly blanks. */
function indentOf(depth: number): string {
  return depth <= MAX_INDENT ? "  ".repeat(depth) : `${"  ".repeat(MAX_INDENT)}(${depth}) `;
}
const MAX_INDENT = 30;

function taskLine(task: TaskSnapshot): string {
  const parts = [`${task.name} [${task.phase}]`];
  if (task.kind === "coroutine") parts[0] = `coroutine ${parts[0]}`;
  if (task.waitingFor !== null) {
    parts.push(`waits for ${task.waitingFor}${task.waitingMs === null ? "" : ` for ${ms(task.waitingMs)}`}`);
  }
  if (task.ageMs !== null) parts.push(`${ms(task.ageMs)} old`);
  if (task.spawnedBy !== null) parts.push(`spawned by ${task.spawnedBy}`);
  if (task.cancel !== null) parts.push(cancelPart(task.cancel));
  return parts.join("; ");
}

function blockLine(block: BlockSnapshot): string {
  const parts = [block.name === "" ? block.kind : `${block.kind} ${JSON.stringify(block.name)}`];
  if (block.deadlineInMs !== null) parts.push(`deadline in ${ms(block.deadlineInMs)}`);
  if (block.cancel !== null) parts.push(cancelPart(block.cancel));
  return parts.join("; ");
}

function cancelPart({ message, msAgo, insistsInMs }: CancelSnapshot): string {
  const insists = insistsInMs === null ? "" : insistsInMs > 0 ? `, insists in ${ms(insistsInMs)}` : ", insists";
  return `cancelled ${ms(msAgo)} ago (${message})${insists}`;
}

/** A scope without a name, a deadline or a cancel has nothing to tell. */
function worthALine(block: BlockSnapshot): boolean {
  return (
    block.name !== "" ||
    block.tasks.length > 0 ||
    block.deadlineInMs !== null ||
    block.cancel !== null ||
    block.kind !== "scope"
  );
}

/** The lines of each task's frames, in the order in which the tasks are written. */
function framesByOrder(): () => string[] {
  const left = tasks().reverse();
  return () => {
    const task = left.pop();
    return task === undefined ? [] : inspect(task).frames.map(frameLine);
  };
}

function frameLine({ fn, location, locals }: ReturnType<typeof inspect>["frames"][number]): string {
  const variables = Object.entries(locals).map(([name, value]) => `${name} = ${show(value)}`);
  return `at ${fn} (${placeOf(location)})${variables.length === 0 ? "" : `: ${variables.join(", ")}`}`;
}

const ms = (time: number): string => `${Math.round(time * 10) / 10} ms`;
