/** What outlives a test: looked for once its body is over and nothing is ready any more. */

import type { Task } from "../task/task.ts";
import { orphansOn } from "../until/orphans.ts";
import type { Births } from "./births.ts";
import { Listeners } from "./listeners.ts";
import { Opened } from "./opened.ts";
import { Permits } from "./permits.ts";
import type { Leak } from "./test-errors.ts";
import type { TestLoop } from "./test-loop.ts";
import { livingOn } from "./wait-graph.ts";

/** Something that a test was told to watch. */
export interface Watched {
  readonly kind: string;
  readonly name: string;
  readonly isOpen: () => boolean;
  readonly bornAt: string;
}

/** Keeps an eye on all that a run makes, from before its first step. */
export class LeakWatch {
  private readonly loop: TestLoop;
  private readonly births: Births;
  private readonly permits: Permits;
  private readonly listeners: Listeners;
  private readonly opened: Opened;

  constructor(loop: TestLoop, births: Births) {
    this.loop = loop;
    this.births = births;
    this.permits = new Permits(loop, births);
    this.listeners = new Listeners(loop, births);
    this.opened = new Opened(loop, births);
  }

  /** For the journal, which passes on what it is told. */
  spawned(task: Task<unknown>): void {
    this.births.noteTask(task);
  }

  stop(): void {
    this.permits.stop();
    this.listeners.stop();
    this.opened.stop();
  }

  /** True while promises go on that might yet settle by themselves. */
  get mayShrink(): boolean {
    return this.loop.holds.length > 0 || orphansOn(this.loop).length > 0;
  }

  find(watched: readonly Watched[]): Leak[] {
    const tasks = livingOn(this.loop);
    const names = new Set(tasks.map(({ name }) => name));
    return [
      ...tasks.map((task) => ({ kind: "task", name: task.name, bornAt: this.births.ofTask(task) })),
      // The timer of a sleep goes with its task, which is in the list.
      ...this.loop.timersSet
        .filter(([, birth]) => !names.has(birth.owner ?? ""))
        .map(([, birth]) => ({ kind: "timer", name: birth.name, bornAt: birth.at() })),
      ...this.loop.holds.map((label) => ({ kind: "promise", name: label, bornAt: "a wait on the host" })),
      ...orphansOn(this.loop).map(({ task }) => ({
        kind: "promise",
        name: `promise of ${task}`,
        bornAt: `task "${task}"`,
      })),
      ...this.permits.leaks,
      ...this.listeners.leaks,
      ...this.opened.leaks,
      ...watched.filter(({ isOpen }) => isOpen()).map(({ kind, name, bornAt }) => ({ kind, name, bornAt })),
    ];
  }
}
