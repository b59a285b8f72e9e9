export type { ErrorInfo, Hold, Scheduler, TimerHandle } from "@skein/loop";
export { currentScheduler, EventLoop, getEventLoop } from "@skein/loop";
export {
  type Awaitable,
  type Bridge,
  bridge,
  type Request,
  type Wait,
  type Waiter,
  type WaiterNode,
  type WaitIterator,
} from "./awaitable.ts";
export { all } from "./combinators/all.ts";
export { any } from "./combinators/any.ts";
export { type AsCompletedOptions, asCompleted, type Completions } from "./combinators/as-completed.ts";
export type { Member, MemberValue } from "./combinators/members.ts";
export { race } from "./combinators/race.ts";
export { settled } from "./combinators/settled.ts";
export { shield } from "./combinators/shield.ts";
export { type WaitOptions, type WaitResult, wait } from "./combinators/wait.ts";
export { withTimeout } from "./combinators/with-timeout.ts";
export {
  CancelledError,
  FutureError,
  type FutureErrorCode,
  InvalidStateError,
  isCancelled,
  MisuseError,
  makeCancelled,
  TimeoutError,
} from "./errors.ts";
export { follow } from "./follow.ts";
export { shownAs } from "./format.ts";
export { Future } from "./future.ts";
export { cancelWith, fulfil, listenTo, reject } from "./internal.ts";
export type { Source } from "./link.ts";
export type { FromOptions, FutureOptions, Resolvers, WithResolversOptions } from "./options.ts";
export type { Cancelled, Fulfilled, Outcome, Rejected } from "./outcome.ts";
export type { CancelHook } from "./reaction.ts";
export type { Receipt } from "./receipt.ts";
export { dequeue, enqueue, shift, type WaitQueue, wakeAll } from "./wait-queue.ts";
export { PAUSE, parkOn, ready, takeResumed, WAIT, Waitable } from "./waiting.ts";
