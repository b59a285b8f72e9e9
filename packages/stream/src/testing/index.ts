export type { Check } from "./check.ts";
export { checkLog, type LogCase } from "./check-log.ts";
export { checkSource, type SourceCase } from "./check-source.ts";
export { type Appetite, Probe } from "./probe.ts";
