import type { CapacityLimiter } from "./capacity-limiter.ts";
import type { Lock } from "./lock.ts";
import type { Semaphore } from "./semaphore.ts";

/** Called before what a primitive hands out is taken or given back: the leak check of tests keeps count. */
export type PermitWatch = (primitive: Lock | Semaphore | CapacityLimiter) => void;

/** Nobody, unless a test runs. */
export let permitWatch: PermitWatch | null = null;

/** Makes `next` the one that is told; null: nobody. */
export function watchPermits(next: PermitWatch | null): void {
  permitWatch = next;
}
