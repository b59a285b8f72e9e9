export type { MakeScheduler, Subject } from "./bench.ts";
export { checkScheduler, type SchedulerCheck } from "./check-scheduler.ts";
export type { OrderName } from "./order.ts";
export { type Random, seededRandom } from "./random.ts";
export { VirtualLoop } from "./virtual-loop.ts";
export type { VirtualLoopOptions } from "./virtual-loop-options.ts";
