export type { MakeScheduler, Subject } from "./bench.ts";
export { checkScheduler, type SchedulerCheck } from "./check-scheduler.ts";
export type { OrderName } from "./order.ts";
export { type Random, seededRandom } from "./random.ts";
export { VirtualLoop, type VirtualLoopOptions } from "./virtual-loop.ts";
