export { VirtualLoop } from "@skein/future/testing";
export type { Order } from "./choose.ts";
export type { TestControl } from "./control.ts";
export type { TestBody, TestOptions } from "./options.ts";
export { runTest } from "./run-test.ts";
export {
  type BlockedTask,
  DeadlockError,
  type Findings,
  type Leak,
  LeakError,
  TestFailedError,
} from "./test-errors.ts";
