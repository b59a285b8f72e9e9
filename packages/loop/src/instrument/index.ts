export { type InstrumentOptions, instrument } from "./instrument.ts";
export type { Histogram, Timing } from "./meter.ts";
export { UnusedError } from "./unused.ts";
