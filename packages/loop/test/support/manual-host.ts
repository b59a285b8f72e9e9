import type { Host } from "../../src/index.ts";

interface HostTimer {
  readonly atMs: number;
  readonly delayMs: number;
  readonly run: () => void;
}

/** A host whose time and jobs belong to the test. Nothing runs before the test says so. */
export class ManualHost implements Host {
  nowMs = 0;
  /** Added to each look at the clock, as if it and all between took so long. */
  msPerLook = 0;
  /** How much earlier than asked the next timer rings. */
  earlyMs = 0;
  looks = 0;
  readonly microtasks: (() => void)[] = [];
  readonly macrotasks: (() => void)[] = [];
  readonly timers = new Set<HostTimer>();
  /** The delay of every timer that was ever set. */
  readonly delays: number[] = [];
  readonly reported: unknown[] = [];
  macrotasksRun = 0;

  now(): number {
    this.looks++;
    this.nowMs += this.msPerLook;
    return this.nowMs;
  }
  microtask(run: () => void): void {
    this.microtasks.push(run);
  }
  macrotask(run: () => void): void {
    this.macrotasks.push(run);
  }
  setTimer(run: () => void, delayMs: number): unknown {
    const timer = { atMs: this.nowMs + delayMs - this.earlyMs, delayMs, run };
    this.earlyMs = 0;
    this.timers.add(timer);
    this.delays.push(delayMs);
    return timer;
  }
  clearTimer(timer: unknown): void {
    this.timers.delete(timer as HostTimer);
  }
  reportError(error: unknown): void {
    this.reported.push(error);
  }

  /** What keeps a process open now. */
  get open(): number {
    return this.timers.size + this.macrotasks.length + this.microtasks.length;
  }

  runMicrotasks(): void {
    for (let run = this.microtasks.shift(); run; run = this.microtasks.shift()) run();
  }

  /** One macrotask, and the microtasks before and after it. False if there is none. */
  runMacrotask(): boolean {
    this.runMicrotasks();
    const run = this.macrotasks.shift();
    if (!run) return false;
    this.macrotasksRun++;
    run();
    this.runMicrotasks();
    return true;
  }

  /** Runs jobs until none is left but timers. */
  settle(): void {
    while (this.runMacrotask());
  }

  /** Lets time go by, ringing each timer at its moment. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    this.settle();
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > untilMs) break;
      this.timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
      this.settle();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
    this.settle();
  }
}
