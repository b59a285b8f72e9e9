export type { ErrorInfo, Request, Scheduler, TimerHandle, Wait, Waiter, WaiterNode, WaitQueue } from "@skein/future";
export {
  bridge,
  CancelledError,
  currentScheduler,
  dequeue,
  enqueue,
  Future,
  follow,
  getEventLoop,
  InvalidStateError,
  isCancelled,
  MisuseError,
  makeCancelled,
  PAUSE,
  parkOn,
  ready,
  shift,
  TimeoutError,
  takeResumed,
  WAIT,
  Waitable,
  wakeAll,
} from "@skein/future";
export { checkpoint } from "./checkpoint.ts";
export { all } from "./combinators/all.ts";
export { type Backoff, type ExponentialOptions, exponentialBackoff } from "./combinators/backoff.ts";
export { type MapAllOptions, mapAll } from "./combinators/map-all.ts";
export { any, race } from "./combinators/race.ts";
export { type RetryOptions, retry } from "./combinators/retry.ts";
export { settled } from "./combinators/settled.ts";
export { ContextVar } from "./context-var.ts";
export { ChildFailedError, SwallowedCancelError, WouldBlockError } from "./errors.ts";
export { type DetachOptions, detach } from "./group/detach.ts";
export { type GroupOptions, group, type TaskGroup } from "./group/group.ts";
export { type ErrorKind, GroupError } from "./group/group-error.ts";
export { together, withCause, withSuppressed } from "./group/kept-errors.ts";
export type { SpawnOptions } from "./group/spawn-options.ts";
export type { StartOptions } from "./group/start.ts";
export { type OpenWatch, openWatch } from "./open-watch.ts";
export { type Answer, type Body, ENDED, ITEM, type Operation, type OperationIterator, WAITS } from "./operation.ts";
export { type RunOptions, run } from "./run.ts";
export type { CancelScope, ScopeOptions } from "./scope/cancel-scope.ts";
export { isOwnCancel } from "./scope/own-cancel.ts";
export { cleanUp, effectiveDeadline, failAfter, moveOnAfter, scope, shield } from "./scope/scope.ts";
export { type Cleanup, ensure, type Resource, use } from "./scope/use.ts";
export { sleep } from "./sleep.ts";
export { Barrier, type BarrierOptions, type BarrierStatistics } from "./sync/barrier.ts";
export {
  CapacityLimiter,
  type CapacityLimiterOptions,
  type CapacityLimiterStatistics,
} from "./sync/capacity-limiter.ts";
export { Condition, type ConditionOptions, type ConditionStatistics } from "./sync/condition.ts";
export { Event, type EventOptions, type EventStatistics } from "./sync/event.ts";
export { Lock, type LockOptions, type LockStatistics } from "./sync/lock.ts";
export { ParkingLot, type ParkingLotOptions, type ParkingLotStatistics } from "./sync/parking-lot.ts";
export { Semaphore, type SemaphoreOptions, type SemaphoreStatistics } from "./sync/semaphore.ts";
export { BrokenBarrierError, OwnerEndedError } from "./sync/sync-errors.ts";
export { isA } from "./task/body.ts";
export { call } from "./task/call.ts";
export { currentScope, currentTask } from "./task/current.ts";
export type { Outcome } from "./task/join.ts";
export { Task, type TaskPhase } from "./task/task.ts";
export { expectUse, isKnownOperation } from "./task/unused.ts";
export { type Coroutine, type CoroutineState, coroutine } from "./two-way/coroutine.ts";
export { type Producer, type ProducerOptions, produce } from "./two-way/producer.ts";
export { receiver } from "./two-way/receiver.ts";
export { type Orphan, orphan, orphans } from "./until/orphans.ts";
export { type Promised, until } from "./until/until.ts";
