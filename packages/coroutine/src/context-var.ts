import { MisuseError } from "@skein/future";
import { LOOK } from "./checkpoint.ts";
import type { Body, Operation } from "./operation.ts";
import { iterate, requireOptions } from "./task/body.ts";
import { currentTask, requireTask } from "./task/current.ts";
import type { Task } from "./task/task.ts";
import { expectUse } from "./task/unused.ts";

/**
 * A variable that each task has for itself: a request's id, a user, a tracer. A task starts with what the task that
 * spawned it had at that moment; what either sets later, the other does not see.
 *
 * It is known by identity, not by its name, and needs nothing from the host: it works in browsers. Outside any task, in a
 * timer's callback say, it has its default.
 *
 * @example
 * ```ts
 * import { ContextVar, run } from "@skein/coroutine";
 *
 * const user = new ContextVar("user", { default: "nobody" });
 * function* greet() { console.log("hello,", user.get()); }
 * await run(function* (root) {
 *   user.set("Ada");
 *   root.spawn(greet);
 *   yield* user.run("Grace", greet);
 *   console.log(user.get());
 * });
 * ```
 */
export class ContextVar<T> {
  /** Shown in errors. */
  readonly name: string;
  private readonly fallback: { readonly value: T } | undefined;

  /** @param options.default What `get()` gives where nothing was set; undefined counts as a default, too. */
  constructor(name: string, options: { readonly default?: T } = {}) {
    requireOptions(options, "make a context variable");
    this.name = name;
    this.fallback = "default" in options ? { value: options.default as T } : undefined;
  }

  /** What the running task has. @throws {MisuseError} If nothing was set and there is no default. */
  get(): T {
    const context = currentTask()?.context;
    if (context?.has(this)) return context.get(this) as T;
    if (this.fallback !== undefined) return this.fallback.value;
    throw new MisuseError(
      `Cannot read the context variable "${this.name}": nothing was set here, and it has no default; give it one, or set it in this task or a task around it.`,
    );
  }

  /** Sets it for the running task, and for what it spawns from now on. @throws {MisuseError} Outside any task. */
  set(value: T): void {
    write(requireTask(`"${this.name}".set()`), this, { value });
  }

  /**
   * Does `body` with another value, and puts back what there was when it has ended. Other variables that `body` sets stay.
   *
   * @throws {TypeError} If `body` is no operation and no function that returns one. @throws Whatever `body` throws.
   */
  run<R>(value: T, body: Body<R>): Operation<R> {
    return expectUse(runWith(this, value, body));
  }
}

/** @internal */
export function* runWith<T, R>(variable: ContextVar<T>, value: T, body: Body<R>): Operation<R> {
  const task = requireTask(`"${variable.name}".run()`);
  yield* LOOK;
  const before = task.context?.has(variable) ? { value: task.context.get(variable) } : undefined;
  write(task, variable, { value });
  try {
    const operation = iterate(body, `run with "${variable.name}"`); // by that name `inspect` finds what is inside a runtime frame
    return (yield* operation) as R;
  } finally {
    write(task, variable, before);
  }
}

/** Others share the map: a change makes a new one, which is small. */
function write(task: Task<unknown>, variable: object, entry: { readonly value: unknown } | undefined): void {
  const context = new Map(task.context);
  if (entry === undefined) context.delete(variable);
  else context.set(variable, entry.value);
  task.context = context;
}
