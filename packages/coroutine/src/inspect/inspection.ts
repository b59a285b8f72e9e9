import { Future, MisuseError, type WaiterNode, type WaitQueue } from "@skein/future";
import { mapWorker } from "../combinators/map-all.ts";
import { runRetry } from "../combinators/retry.ts";
import { runWith } from "../context-var.ts";
import { CANNOT_LOOK, canLook, type GeneratorView, lookInto } from "../node/look-into.ts";
import { rootBody } from "../run.ts";
import { runBlock } from "../scope/block.ts";
import { inFrame, isA, show, tried } from "../task/body.ts";
import { stackWith } from "../task/observer.ts";
import { RUNNING } from "../task/stage.ts";
import { Task } from "../task/task.ts";
import { Coroutine } from "../two-way/coroutine.ts";

export type { GeneratorView };

/** What can be looked into. */
export type Inspectable = Future<unknown> | Coroutine<unknown, unknown, never> | Generator<unknown, unknown, never>;

/**
 * A live view of a coroutine, task, future or generator: each property tells how things stand when it is read.
 *
 * Variables are read only when `locals`, `frames` or `stack` is: printing or serialising the view shows none.
 */
export interface Inspection {
  readonly name: string;
  /** Of a task its `phase`, of a coroutine or future its `state`, of a generator `suspended`, `running` or `closed`; `unknown` without an inspector. */
  readonly state: string;
  /** What it waits for: `sleep(100)`, `lock "db" (held by "writer")`. Undefined if it does not. */
  readonly waitingFor: string | undefined;
  /** The names of the tasks that wait for it, the longest first: for a coroutine's step, or for a task or future to settle. */
  readonly awaitedBy: readonly string[];
  /** Where it is suspended, innermost. */
  readonly location: GeneratorView["location"];
  /** The live local variables there, by name: the values themselves. Undefined where they are not to be had: see `unavailable`. */
  readonly locals: Readonly<Record<string, unknown>> | undefined;
  /** The functions it is in, the innermost first: as far as `call`, scopes and groups keep them. */
  readonly frames: readonly GeneratorView[];
  /** Why there are no locals; undefined if there are. */
  readonly unavailable: string | undefined;
  /** The frames, as a stack is written. */
  readonly stack: string;
}

/**
 * Looks into a coroutine, a task or a bare generator: its state, where it is suspended, and its local variables by name.
 * A bare future has no more than its state and who waits for it.
 *
 * Inside one frame the callees of a plain `yield*` are not to be seen; those of `call`, of scopes and of groups are.
 * Locals are read by Node's inspector; in Bun, Deno and browsers the view has none, and says so.
 *
 * @throws {MisuseError} If `x` is none of them.
 * @example
 * ```ts
 * import { coroutine } from "@skein/coroutine";
 * import { inspect } from "@skein/coroutine/inspect";
 *
 * const averager = coroutine(function* averager(): Generator<number, void, number> {
 *   let sum = 0, count = 0;
 *   while (true) {
 *     sum += yield sum / count;
 *     count++;
 *   }
 * });
 * const c = averager();
 * c.tryNext();
 * c.trySend(40);
 * console.log(inspect(c).state, inspect(c).locals);
 * ```
 */
export function inspect(x: Inspectable): Inspection {
  if (isA(x, Task)) return new View(x.name, () => x.phase, { task: () => x, queue: x });
  if (isA(x, Future)) return new View(x.name, () => x.state, { queue: x });
  if (isA(x, Coroutine)) return new View(x.name, () => x.state, { task: () => x.task, queue: x });
  if (isGenerator(x)) return new View(undefined, () => look(x)?.state ?? "unknown", { generator: x });
  throw new MisuseError(`Cannot inspect ${show(x)}: give a coroutine, a task, a future or a generator.`);
}

/** What a view looks at. */
interface Source {
  /** What runs it now, if it has begun; left out: nothing ever does. */
  readonly task?: () => Task<unknown> | null;
  readonly generator?: object;
  /** Who waits for it. */
  readonly queue?: WaitQueue;
}

class View implements Inspection {
  readonly #name: string | undefined;
  readonly #state: () => string;
  readonly #of: Source;

  constructor(name: string | undefined, state: () => string, of: Source) {
    this.#name = name;
    this.#state = state;
    this.#of = of;
  }
  get name(): string {
    return this.#name ?? look(this.#of.generator as object)?.fn ?? "(anonymous)";
  }
  get state(): string {
    return this.#state();
  }
  get waitingFor(): string | undefined {
    return this.#of.task?.()?.request?.describe();
  }
  get awaitedBy(): readonly string[] {
    const names: string[] = [];
    const first = this.#of.queue?.firstWaiter ?? null;
    for (let node: WaiterNode | null = first; node !== null; ) {
      if (node instanceof Task) names.push(node.name);
      node = node.nextWaiter === first ? null : node.nextWaiter;
    }
    return names;
  }
  get frames(): readonly GeneratorView[] {
    if (this.unavailable !== undefined) return [];
    const outer = framesOf(this.#of.task?.()) ?? [this.#of.generator as object];
    return lookInto((look) => {
      // The runtime's frames and what they run are frames each, so several lead to the same one.
      const views = new Map<object, GeneratorView>();
      for (const frame of outer) innermost(frame, look, views);
      return [...views.values()];
    });
  }
  get location(): GeneratorView["location"] {
    return this.frames[0]?.location;
  }
  get locals(): Readonly<Record<string, unknown>> | undefined {
    return this.frames[0]?.locals;
  }
  get unavailable(): string | undefined {
    const { task: now, generator } = this.#of;
    const task = now?.();
    if (now === undefined && generator === undefined) return "There are no locals: a future runs nothing.";
    if (task === null) return "There are no locals: it has not begun.";
    if (task?.phase === "ended") return "There are no locals: it has ended.";
    if (task?.stage === RUNNING) return "There are no locals to be had: it is running this very call.";
    return canLook() ? undefined : CANNOT_LOOK;
  }
  get stack(): string {
    return this.frames.map(({ fn, location }) => `    at ${fn} (${placeOf(location)})`).join("\n");
  }
}

stackWith((task) => inspect(task).stack || `    at ${task.name}`);

/** `file:///app/main.js:12:7`. */
export function placeOf(location: GeneratorView["location"]): string {
  return location === undefined ? "unknown place" : `${location.url}:${location.line}:${location.column}`;
}

/** Undefined where there is no inspector to ask. */
const look = (generator: object): GeneratorView | undefined =>
  canLook() ? lookInto((look) => look(generator)) : undefined;

/**
 * The runtime's own frames, which hold what they run in a variable `operation`. They are not shown. A generator inherits
 * from the prototype of its function, which nobody else's has, whatever its name.
 */
const RUNTIME = new Set<unknown>(
  [rootBody, runBlock, inFrame, runRetry, mapWorker, runWith].map((frame) => frame.prototype),
);

function innermost(
  generator: object,
  look: (generator: object) => GeneratorView,
  views: Map<object, GeneratorView>,
): void {
  let frame: unknown = generator;
  for (; isGenerator(frame) && RUNTIME.has(Object.getPrototypeOf(frame)); ) frame = look(frame).locals["operation"];
  if (isGenerator(frame) && !views.has(frame)) views.set(frame, look(frame));
}

function isGenerator(x: unknown): x is Generator {
  return tried(() => Object.prototype.toString.call(x) === "[object Generator]");
}

/** What a task runs, the innermost first: the others wait inside `call`. */
function framesOf(task: Task<unknown> | null | undefined): object[] | undefined {
  if (!task) return undefined;
  const callers = (task.rare?.callers ?? []).map((caller) => caller.frame);
  return task.frame === null ? [] : [task.frame, ...callers.reverse()];
}
