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
export { all } from "./all.ts";
export { type Backoff, type ExponentialOptions, exponentialBackoff } from "./backoff.ts";
export { Barrier, type BarrierOptions, type BarrierStatistics } from "./barrier.ts";
export { isA } from "./body.ts";
export { call } from "./call.ts";
export type { CancelScope, ScopeOptions } from "./cancel-scope.ts";
export { CapacityLimiter, type CapacityLimiterOptions, type CapacityLimiterStatistics } from "./capacity-limiter.ts";
export { checkpoint } from "./checkpoint.ts";
export { Condition, type ConditionOptions, type ConditionStatistics } from "./condition.ts";
export { ContextVar } from "./context-var.ts";
export { type Coroutine, type CoroutineState, coroutine } from "./coroutine.ts";
export { currentScope, currentTask } from "./current.ts";
export { type DetachOptions, detach } from "./detach.ts";
export { ChildFailedError, SwallowedCancelError, WouldBlockError } from "./errors.ts";
export { Event, type EventOptions, type EventStatistics } from "./event.ts";
export { type GroupOptions, group, type TaskGroup } from "./group.ts";
export { type ErrorKind, GroupError } from "./group-error.ts";
export type { Outcome } from "./join.ts";
export { together, withCause, withSuppressed } from "./kept-errors.ts";
export { Lock, type LockOptions, type LockStatistics } from "./lock.ts";
export { type MapAllOptions, mapAll } from "./map-all.ts";
export { type OpenWatch, openWatch } from "./open-watch.ts";
export { type Answer, type Body, ENDED, ITEM, type Operation, type OperationIterator, WAITS } from "./operation.ts";
export { type Orphan, orphan, orphans } from "./orphans.ts";
export { ParkingLot, type ParkingLotOptions, type ParkingLotStatistics } from "./parking-lot.ts";
export { type Producer, type ProducerOptions, produce } from "./producer.ts";
export { any, race } from "./race.ts";
export { receiver } from "./receiver.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { type RunOptions, run } from "./run.ts";
export { cleanUp, effectiveDeadline, failAfter, moveOnAfter, scope, shield } from "./scope.ts";
export { Semaphore, type SemaphoreOptions, type SemaphoreStatistics } from "./semaphore.ts";
export { settled } from "./settled.ts";
export { sleep } from "./sleep.ts";
export type { SpawnOptions } from "./spawn-options.ts";
export type { StartOptions } from "./start.ts";
export { BrokenBarrierError, OwnerEndedError } from "./sync-errors.ts";
export { Task, type TaskPhase } from "./task.ts";
export { type Promised, until } from "./until.ts";
export { expectUse, isKnownOperation } from "./unused.ts";
export { type Cleanup, ensure, type Resource, use } from "./use.ts";
