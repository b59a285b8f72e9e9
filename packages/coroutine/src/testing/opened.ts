/** What packages above this one have opened during a run: channels, runs of streams. */
import { currentScheduler, type Scheduler } from "@skein/future";
import { type OpenWatch, watchOpen } from "../open-watch.ts";
import type { Birth, Births } from "./births.ts";
import type { Leak } from "./test-errors.ts";

interface Note {
  readonly kind: string;
  readonly birth: Birth;
  readonly isOpen: () => boolean;
}

/** How many are kept before those that are closed are dropped for the first time. */
const FIRST_PRUNE = 1_000;

const watches = new Set<OpenWatch>();

const tellAll: OpenWatch = (...opened) => {
  for (const watch of watches) watch(...opened);
};

export class Opened {
  private notes: Note[] = [];
  private pruneAt = FIRST_PRUNE;
  private readonly watch: OpenWatch;

  constructor(loop: Scheduler, births: Births) {
    this.watch = (kind, name, isOpen, on = currentScheduler()) => {
      if (on === loop) this.add({ kind, birth: births.note(name), isOpen });
    };
    watches.add(this.watch);
    watchOpen(tellAll);
  }

  stop(): void {
    watches.delete(this.watch);
    if (watches.size === 0) watchOpen(null);
  }

  get leaks(): Leak[] {
    return this.open.map(({ kind, birth }) => ({ kind, name: birth.name, bornAt: birth.at() }));
  }

  private get open(): Note[] {
    return this.notes.filter(({ isOpen }) => isOpen());
  }

  private add(note: Note): void {
    this.notes.push(note);
    if (this.notes.length < this.pruneAt) return;
    this.notes = this.open;
    this.pruneAt = Math.max(FIRST_PRUNE, 2 * this.notes.length);
  }
}
