export type { Check } from "./check.ts";
export { checkLog, type LogCase } from "./check-log.ts";
export { checkSink, type SinkCase } from "./check-sink.ts";
export { checkSource, type SourceCase } from "./check-source.ts";
export { checkTarget, type TargetCase } from "./check-target.ts";
export { type Appetite, Probe } from "./probe.ts";
export { shatter } from "./shatter.ts";
export { type TimelineOptions, timeline } from "./timeline.ts";
export { type TimelineOfOptions, timelineOf } from "./timeline-of.ts";
