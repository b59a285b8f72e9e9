import { kinds } from "@skein/house/kinds";
import { expect, test } from "vitest";
import * as main from "../src/index.ts";
import * as instrumented from "../src/instrument/index.ts";
import * as node from "../src/node/index.ts";
import * as testing from "../src/testing/index.ts";
import { ManualHost } from "./support/manual-host.ts";

/* Every export's every argument, with one value of each kind: it is taken, or refused in our words, at the call. */

const ANY = Object.keys(kinds).join(" ");
const NUMBERS = "0 -1 1.5 Infinity";
const OBJECTS = "object array";

const { EventLoop, runWithScheduler, detectHost, LoopError } = main;
const { VirtualLoop, checkScheduler, seededRandom } = testing;
const { instrument } = instrumented;
const { asyncContext } = node;
const host = new ManualHost();
const real = () => new EventLoop({ host, onError: () => {} });
const virtual = () => new VirtualLoop({ onError: () => {} });
const hosted = () => new VirtualLoop({ onError: () => {}, onReady: nothing });
const nothing = () => {};
type Wrong = never;

/** The export, its argument, a call with it, and what it takes. */
const ROWS: readonly (readonly [name: string, argument: string, takes: string, call: (value: Wrong) => unknown])[] = [
  ["EventLoop", "options", `undefined ${OBJECTS}`, (value) => new EventLoop(value)],
  ["EventLoop", "onError", "undefined function", (onError) => new EventLoop({ host, onError })],
  ["EventLoop", "maxPassMs", "undefined 0 1.5 Infinity", (maxPassMs) => new EventLoop({ host, maxPassMs })],
  ["EventLoop", "host", "undefined", (value) => new EventLoop({ host: value })],
  ["EventLoop", "instrument", "undefined function", (value) => new EventLoop({ host, instrument: value })],
  ["EventLoop", "runUntilComplete", "", (value) => real().runUntilComplete(value)],
  ["VirtualLoop", "options", `undefined ${OBJECTS}`, (value) => new VirtualLoop(value)],
  ["VirtualLoop", "seed", `undefined ${NUMBERS}`, (seed) => new VirtualLoop({ seed })],
  ["VirtualLoop", "order", "undefined", (order) => new VirtualLoop({ order })],
  ["VirtualLoop", "onError", "undefined function", (onError) => new VirtualLoop({ onError })],
  ["VirtualLoop", "onReady", "undefined function", (onReady) => new VirtualLoop({ onReady })],
  ["VirtualLoop", "debug", "undefined boolean", (debug) => new VirtualLoop({ debug })],
  ["VirtualLoop", "maxCallbacks", "undefined 1.5 Infinity", (maxCallbacks) => new VirtualLoop({ maxCallbacks })],
  ["VirtualLoop", "advance", "0 1.5", (ms) => virtual().advance(ms)],
  ...[real, virtual].flatMap((make): typeof ROWS => [
    [make().constructor.name, "callSoon", "function", (callback) => make().callSoon(callback)],
    [make().constructor.name, "callLater: time", NUMBERS, (ms) => make().callLater(ms, nothing)],
    [make().constructor.name, "callLater: callback", "function", (callback) => make().callLater(1, callback)],
    [make().constructor.name, "callAt: time", NUMBERS, (ms) => make().callAt(ms, nothing)],
    [make().constructor.name, "callAt: callback", "function", (callback) => make().callAt(1, callback)],
    [make().constructor.name, "hold", "string", (label) => make().hold(label)],
    // What tells of an error must not become one.
    [make().constructor.name, "reportError", ANY, (value) => make().reportError(value, value)],
  ]),
  ["EventLoop", "callAfterMicrotasks", "function", (callback) => real().callAfterMicrotasks(callback, 1)],
  ["VirtualLoop", "callAfterMicrotasks", "function", (callback) => hosted().callAfterMicrotasks?.(callback, 1)],
  ["runWithScheduler", "scheduler", "", (scheduler) => runWithScheduler(scheduler, nothing)],
  ["runWithScheduler", "body", "function", (body) => runWithScheduler(virtual(), body)],
  ["detectHost", "globals", "undefined", (globals) => detectHost(globals)],
  ["checkScheduler", "make", "function", (make) => checkScheduler(make)],
  ["checkScheduler", "what make gives", "", (made) => checkScheduler(() => made)[0]?.run()],
  ["seededRandom", "seed", NUMBERS, (seed) => seededRandom(seed)],
  ["instrument", "options", OBJECTS, (value) => instrument(value)],
  ["instrument", "debug", "undefined boolean", (debug) => instrument({ debug })],
  ["instrument", "meter", "undefined boolean", (meter) => instrument({ meter })],
  ["instrument", "context", "undefined", (context) => instrument({ context })],
  ["asyncContext", "run: snapshot", "function", (snapshot) => asyncContext.run(snapshot, nothing)],
  ["asyncContext", "run: body", "function", (body) => asyncContext.run(asyncContext.capture(), body)],
];

test.each(ROWS)("%s, %s: taken are %s; all else is refused in our words", async (_name, _argument, takes, call) => {
  for (const [kind, value] of Object.entries(kinds)) {
    let thrown: unknown = "nothing";
    try {
      await call(value as Wrong);
    } catch (error) {
      thrown = `${kind}: ${error}`;
    }
    if (takes.split(" ").includes(kind)) expect([kind, thrown]).toEqual([kind, "nothing"]);
    else expect(thrown).toMatch(/: (Type|Range)Error: Cannot .+: .+ is .+; pass .+\.$/);
  }
});

test("no export is missing from the table but those without arguments, and error classes, which take what Error does", () => {
  const exported = [main, instrumented, node, testing].flatMap((entry) => Object.keys(entry));
  const unchecked = exported.filter((name) => !ROWS.some(([checked]) => checked === name));
  expect(unchecked.sort()).toEqual(["LoopError", "UnusedError", "currentScheduler", "getEventLoop"]);
  expect(new LoopError("LOOP_BUSY", "run", "it runs").message).toBe("Cannot run: it runs.");
});

test("an instrument that was not called, and so got the loop as its options, is told apart", () => {
  expect(() => new EventLoop({ host, instrument: instrument as never })).toThrow(
    new TypeError("Cannot instrument a loop: got the loop itself; pass it instrument({ … })."),
  );
});
