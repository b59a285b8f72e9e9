export { type DumpOptions, dump } from "./dump.ts";
export { dumpOnSignal } from "./dump-on-signal.ts";
export { type GeneratorView, type Inspectable, type Inspection, inspect } from "./inspection.ts";
export { type Instrument, instrument, type Stoppable } from "./instrument.ts";
export { readableStacks } from "./readable-stacks.ts";
export { type BlockSnapshot, type CancelSnapshot, type Snapshot, snapshot, type TaskSnapshot } from "./snapshot.ts";
export { tasks } from "./tasks.ts";
export { track } from "./track.ts";
