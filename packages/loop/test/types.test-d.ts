import { expectTypeOf } from "vitest";
import {
  type ContextHook,
  currentScheduler,
  EventLoop,
  type EventLoopOptions,
  getEventLoop,
  type Instrument,
  type LoopError,
  type LoopErrorCode,
  type LoopMetrics,
  runWithScheduler,
  type Scheduler,
  type TimerHandle,
} from "../src/index.ts";
import { instrument } from "../src/instrument/index.ts";
import { asyncContext } from "../src/node/index.ts";
import { checkScheduler, VirtualLoop } from "../src/testing/index.ts";

declare const loop: Scheduler;

// A callback and its argument fit, or it does not compile.
loop.callSoon(() => {});
loop.callSoon((n: number) => void n, 5);
loop.callSoon((n: number | undefined) => void n, undefined);
loop.callSoon(() => {}, "an argument nobody takes");
// @ts-expect-error the callback wants a number
loop.callSoon((n: number) => void n, "5");
// @ts-expect-error the argument is missing
loop.callSoon((n: number) => void n);
// @ts-expect-error no callback
loop.callSoon(null);
// @ts-expect-error no number
loop.callLater("5", () => {});
expectTypeOf(loop.callLater(5, (s: string) => void s, "s")).toEqualTypeOf<TimerHandle>();
expectTypeOf(loop.callAt(5, () => {})).toEqualTypeOf<TimerHandle>();

const event = new EventLoop();
const virtual = new VirtualLoop({ order: "pct", seed: 1 });
expectTypeOf(event).toExtend<Scheduler>();
expectTypeOf(virtual).toExtend<Scheduler>();
// @ts-expect-error no such order
new VirtualLoop({ order: "lifo" });
// @ts-expect-error no such option
new EventLoop({ onerror: () => {} });

expectTypeOf(event.runUntilComplete(Promise.resolve(5))).toEqualTypeOf<Promise<number>>();
// @ts-expect-error no awaitable
event.runUntilComplete(5);
expectTypeOf(event.metrics()).toEqualTypeOf<LoopMetrics>();
expectTypeOf(virtual.advance(5)).toEqualTypeOf<void>();
expectTypeOf(virtual.advanceToNext()).toEqualTypeOf<boolean>();

expectTypeOf(getEventLoop()).toEqualTypeOf<EventLoop>();
expectTypeOf(currentScheduler()).toEqualTypeOf<Scheduler>();
expectTypeOf(runWithScheduler(virtual, () => "text" as const)).toEqualTypeOf<"text">();
expectTypeOf<LoopError["code"]>().toEqualTypeOf<LoopErrorCode>();

expectTypeOf(asyncContext).toExtend<ContextHook>();
expectTypeOf<EventLoopOptions["instrument"]>().toEqualTypeOf<Instrument | undefined>();
expectTypeOf(instrument({ context: asyncContext, debug: true, meter: true })).toEqualTypeOf<Instrument>();

checkScheduler((onError) => new VirtualLoop({ onError }));
checkScheduler((onError) => ({ scheduler: new EventLoop({ onError }), advance: async () => {} }));
