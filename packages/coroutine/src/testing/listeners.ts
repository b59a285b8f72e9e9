/** The abort listeners that a run's tasks have added to signals and not removed. */
import { bridge, type Scheduler } from "@skein/future";
import { ownSignals } from "../scope/own-signals.ts";
import { type Birth, type Births, isRunningOn } from "./births.ts";
import type { Leak } from "./test-errors.ts";

type Add = AbortSignal["addEventListener"];
type Listener = Parameters<Add>[1];

interface Note {
  readonly signal: AbortSignal;
  readonly listener: Listener;
  readonly birth: Birth;
  /** What removes the listener by aborting. */
  readonly until: AbortSignal | undefined;
}

const watches = new Set<Listeners>();
/** What signals inherit, and what stands in its place while anybody watches. */
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;

export class Listeners {
  private notes: Note[] = [];
  private readonly loop: Scheduler;
  private readonly births: Births;

  constructor(loop: Scheduler, births: Births) {
    this.loop = loop;
    this.births = births;
    watches.add(this);
    patch();
  }

  stop(): void {
    watches.delete(this);
    if (watches.size > 0) return;
    const prototype = AbortSignal.prototype as Partial<EventTarget>;
    delete prototype.addEventListener;
    delete prototype.removeEventListener;
  }

  /** Those on signals that have not aborted: an aborted one calls nobody any more. */
  get leaks(): Leak[] {
    return this.notes
      .filter(({ signal, until }) => !signal.aborted && until?.aborted !== true)
      .map(({ birth }) => ({ kind: "abort listener", name: birth.name, bornAt: birth.at() }));
  }

  added(signal: AbortSignal, listener: Listener, until: AbortSignal | undefined): void {
    if (!isRunningOn(this.loop) || this.notes.some((note) => note.signal === signal && note.listener === listener))
      return;
    const task = bridge.running?.name ?? "";
    this.notes.push({ signal, listener, until, birth: this.births.note((listener as { name?: string }).name || task) });
  }

  removed(signal: AbortSignal, listener: Listener): void {
    this.notes = this.notes.filter((note) => note.signal !== signal || note.listener !== listener);
  }
}

function patch(): void {
  AbortSignal.prototype.addEventListener = function (this: AbortSignal, ...args: Parameters<Add>): void {
    add.apply(this, args as never);
    const [type, listener, options] = args;
    if (type !== "abort" || !listener || this.aborted || ownSignals.has(this)) return;
    for (const watch of watches) watch.added(this, listener, (options as AddEventListenerOptions | undefined)?.signal);
  } as Add;
  AbortSignal.prototype.removeEventListener = function (this: AbortSignal, ...args: Parameters<Add>): void {
    remove.apply(this, args as never);
    const [type, listener] = args;
    if (type === "abort") for (const watch of watches) watch.removed(this, listener);
  } as Add;
}
