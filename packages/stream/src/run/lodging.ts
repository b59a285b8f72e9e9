import { Future, group, run, type Scheduler, type Task, type TaskGroup, type Wait } from "@skein/coroutine";

/**
 * Where the tasks of a run live that nobody's block owns (a `for await`, a reader): a root task of its own, seen in
 * dumps, which stands until the run is over and then waits for what was opened in it.
 */
export class Lodging {
  readonly task: Task<void>;
  private readonly leave: () => void;
  private owner: TaskGroup | null = null;

  /** `onOpen` is called inside the root task, once it runs; not at all if `close` comes first. */
  constructor(scheduler: Scheduler, name: string, onOpen: (owner: TaskGroup) => void) {
    const left = Future.withResolvers<void>({ loop: scheduler, name: `end of ${name}` });
    this.leave = () => void left.resolve();
    const lodge = (owner: TaskGroup) => {
      this.owner = owner;
      if (left.future.state === "pending") onOpen(owner);
      return left.future;
    };
    this.task = run(() => group(lodge, { cleanupMs: 0, name }), { loop: scheduler, name });
  }

  /** Ends the root task, when its children have ended; but not before this is waited for: a cleanup may need it still. */
  *close(): Generator<Wait, void, unknown> {
    this.leave();
    try {
      yield* this.task;
    } finally {
      this.owner?.cancel(); // its time is up: nothing outlives who waits
    }
  }
}
