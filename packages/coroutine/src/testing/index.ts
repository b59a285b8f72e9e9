export { VirtualLoop } from "@skein/future/testing";
export { assertCheckpoint, assertNoCheckpoint } from "./assert-checkpoint.ts";
export { checkOperation, type OperationCase, type OperationCheck } from "./check-operation.ts";
export type { Order } from "./choose.ts";
export type { TestControl } from "./control.ts";
export { EventLog } from "./event-log.ts";
export type { Exhausted, ExhaustiveOptions } from "./exhaustive.ts";
export { type Explore, type Explored, type ExploreOptions, explore } from "./explore.ts";
export type { TestBody, TestOptions } from "./options.ts";
export { runTest } from "./run-test.ts";
export { Sequencer } from "./sequencer.ts";
export { shatter } from "./shatter.ts";
export { type SweepEnd, type SweepOptions, type Swept, sweepCancel } from "./sweep-cancel.ts";
export {
  type BlockedTask,
  DeadlockError,
  type Findings,
  type Leak,
  LeakError,
  TestFailedError,
} from "./test-errors.ts";
export { type FrameworkTest, type TaskTest, testWith } from "./test-with.ts";
export { untilAllBlocked } from "./wish.ts";
