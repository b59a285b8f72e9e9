/** Counts what primitives have handed out during a run and not got back. */
import { bridge, type Scheduler } from "@skein/future";
import { CapacityLimiter } from "../sync/capacity-limiter.ts";
import { Lock } from "../sync/lock.ts";
import { type PermitWatch, watchPermits } from "../sync/permit-watch.ts";
import { Semaphore } from "../sync/semaphore.ts";
import type { Task } from "../task/task.ts";
import { type Birth, type Births, isRunningOn } from "./births.ts";
import type { Leak } from "./test-errors.ts";

interface Note {
  /** How many were free when the run first touched it. */
  readonly free: number;
  /** Where it was touched last. */
  last: Birth;
}

const watches = new Set<PermitWatch>();

/** What one run has touched. */
export class Permits {
  private readonly notes = new Map<Semaphore | CapacityLimiter | Lock, Note>();
  private readonly loop: Scheduler;
  private readonly births: Births;
  private readonly watch: PermitWatch = (primitive) => this.touched(primitive);

  constructor(loop: Scheduler, births: Births) {
    this.loop = loop;
    this.births = births;
    watches.add(this.watch);
    watchPermits(tellAll);
  }

  stop(): void {
    watches.delete(this.watch);
    if (watches.size === 0) watchPermits(null);
  }

  get leaks(): Leak[] {
    return [...this.notes].flatMap(([primitive, note]) => {
      const missing = note.free - freeOf(primitive);
      if (missing <= 0) return [];
      const bornAt = note.last.at();
      if (primitive instanceof Lock) {
        const owner = primitive.keeper.task as Task<unknown> | null;
        return [{ kind: "lock", name: `${primitive.name ?? "a lock"} (held by "${owner?.name ?? ""}")`, bornAt }];
      }
      const name = primitive.name ?? (primitive instanceof Semaphore ? "a semaphore" : "a capacity limiter");
      return [{ kind: "permits", name: `${name} (${missing} missing)`, bornAt }];
    });
  }

  private touched(primitive: Semaphore | CapacityLimiter | Lock): void {
    if (!isRunningOn(this.loop)) return;
    const last = this.births.note((bridge.running as Task<unknown>).name);
    const known = this.notes.get(primitive);
    if (known === undefined) this.notes.set(primitive, { free: freeOf(primitive), last });
    else known.last = last;
  }
}

const tellAll: PermitWatch = (primitive) => {
  for (const watch of watches) watch(primitive);
};

function freeOf(primitive: Semaphore | CapacityLimiter | Lock): number {
  if (primitive instanceof Semaphore) return primitive.available;
  if (primitive instanceof CapacityLimiter) return -primitive.borrowed; // its total may be changed meanwhile
  return primitive.locked ? 0 : 1;
}
