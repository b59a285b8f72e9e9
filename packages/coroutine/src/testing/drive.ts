/**
 * Runs a test's loop until its task has ended or nothing can ever wake it. Each round: what is ready; then the host's own
 * jobs, so that every promise that is settled is seen; then, only if all is blocked and nothing outside is
 * waited for, time moves to the next deadline.
 */
import { detectHost } from "@skein/future/testing";
import { hostGlobals } from "../node/host-globals.ts";
import type { Task } from "../task/task.ts";
import type { Doorbell } from "./doorbell.ts";
import type { TestLoop } from "./test-loop.ts";
import { cycleAmong, livingOn } from "./wait-graph.ts";

export interface Driven {
  readonly loop: TestLoop;
  readonly task: Task<unknown>;
  readonly bell: Doorbell;
  readonly manual: boolean;
  readonly holdTimeoutMs: number;
  readonly maxJumps: number;
  /** True: promises may wait for virtual time, and do not make it stand still. */
  readonly hostFollows: boolean;
}

/** Took real time to find: not to be tried again and again. */
export class HostTimeoutError extends Error {}

const host = /* @__PURE__ */ detectHost(hostGlobals);

/** How often time may jump before it is looked whether the rest of the program goes on around tasks that block each other. */
const LOOK_EVERY = 1_000;

/** @returns false if the task can never end. @throws {Error} If the host keeps the test waiting for too long. */
export async function drive(driven: Driven): Promise<boolean> {
  const { loop, task, manual, maxJumps, hostFollows } = driven;
  for (let jumps = 0; ; ) {
    loop.runUntilIdle();
    if (task.phase === "ended") return true;
    await hostTurn();
    if (!loop.quiet || grant(loop)) continue;
    if (loop.holds.length > 0 && !(hostFollows && !manual && (await hostIsBlocked(loop)))) {
      await outside(driven);
      continue;
    }
    if (manual || loop.nextDeadlineMs === Number.POSITIVE_INFINITY) return false;
    loop.advance(Math.max(0, loop.nextDeadlineMs - loop.now()));
    if (++jumps % LOOK_EVERY === 0 && cycleAmong(livingOn(loop)) !== undefined) return false;
    if (jumps === maxJumps) {
      const seen = `time has jumped ${maxJumps} times, to ${loop.now()} ms`;
      throw new Error(`The test does not end: ${seen}; look for what goes on for ever, or raise maxJumps`);
    }
  }
}

/** How many turns the host has for its own promises before time moves although one of them is waited for. */
const TURNS_WHILE_HELD = 10;

/** True if the promises that are waited for seem to wait for virtual time themselves. */
async function hostIsBlocked(loop: TestLoop): Promise<boolean> {
  for (let turns = 0; turns < TURNS_WHILE_HELD && loop.quiet; turns++) await hostTurn();
  return loop.quiet && loop.nextDeadlineMs < Number.POSITIVE_INFINITY;
}

/** Lets the host do all that it has ready, promises first. */
export function hostTurn(): Promise<void> {
  return new Promise(host.macrotask);
}

/** Does what one task waits for, or a part of that. @returns false if there is nothing to do. */
function grant(loop: TestLoop): boolean {
  const held = loop.holds.length > 0;
  const wishes = [...loop.wishes];
  // Time moves only once nobody waits any more for all to be blocked.
  const idle = held ? undefined : wishes.find(({ wish }) => wish.kind === "idle");
  const next = idle ?? wishes.find(({ wish }) => wish.kind === "advance" || !held);
  if (next === undefined) return false;
  const { wish, waiter } = next;
  if (wish.kind === "advance") {
    // In steps, so that the host has its turn after each. It moves also while something is held: the test says so.
    next.untilMs ??= loop.now() + wish.ms;
    const stepMs = Math.min(loop.nextDeadlineMs, next.untilMs) - loop.now();
    if (stepMs > 0 || loop.nextDeadlineMs <= next.untilMs) {
      loop.advance(Math.max(0, stepMs));
      return true;
    }
  }
  const gift = wish.kind === "next" ? loop.advanceToNext() : undefined;
  if (loop.wishes.delete(next)) waiter.wake(gift); // else it was cancelled by what fell due
  return true;
}

/** Waits for the host. Its timer is there only so that a test fails with a name instead of hanging. */
async function outside({ loop, bell, holdTimeoutMs }: Driven): Promise<void> {
  let timer: unknown;
  const tooLong = new Promise<never>((_resolve, reject) => {
    const fail = (): void => {
      const seen = `${holdTimeoutMs} ms of real time at ${loop.now()} virtual ms, for ${loop.holds.join(", ")}`;
      reject(
        new HostTimeoutError(
          `The test waited for the host for ${seen}: time stands still meanwhile; see holdTimeoutMs`,
        ),
      );
    };
    timer = host.setTimer(fail, Math.min(holdTimeoutMs, 2 ** 31 - 1));
  });
  try {
    await Promise.race([bell.wait(), tooLong]);
  } finally {
    host.clearTimer(timer);
  }
}

/** How far time may be moved for the cleanup of a test that has failed: it must not be the next one's trouble. */
const MAX_JUMPS = 1_000;

/** Cancels what is left of a test that has failed, and lets it clean up. */
export function wipe(loop: TestLoop, reason: unknown): void {
  for (const task of livingOn(loop)) task.cancel(reason);
  loop.runUntilIdle();
  for (
    let jumps = 0;
    jumps < MAX_JUMPS && livingOn(loop).length > 0 && loop.nextDeadlineMs < Number.POSITIVE_INFINITY;
    jumps++
  ) {
    loop.advance(Math.max(0, loop.nextDeadlineMs - loop.now()));
  }
}
