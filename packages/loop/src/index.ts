export { runWithScheduler } from "./current.ts";
export { currentScheduler, getEventLoop } from "./default-loop.ts";
export { LoopError, type LoopErrorCode } from "./errors.ts";
export { EventLoop } from "./event-loop.ts";
export { detectHost, type Host, type HostGlobals } from "./host.ts";
export type { ContextHook, Instrument, Instrumentation } from "./instrument.ts";
export type { LoopMetrics } from "./metrics.ts";
export type { EventLoopOptions } from "./options.ts";
export type { ErrorInfo, Hold, Scheduler, TimerHandle } from "./scheduler.ts";
