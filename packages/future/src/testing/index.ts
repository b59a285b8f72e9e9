export { detectHost, type HostGlobals } from "@skein/loop";
export { type OrderName, type Random, seededRandom, VirtualLoop, type VirtualLoopOptions } from "@skein/loop/testing";
export { type AwaitableCase, type AwaitableCheck, checkAwaitable } from "./check-awaitable.ts";
export { countWaiters } from "./count-waiters.ts";
export { Probe } from "./probe.ts";
