import { kinds } from "@skein/house/kinds";
import { expect, test } from "vitest";
import * as main from "../src/index.ts";
import * as testing from "../src/testing/index.ts";

/* Every export's every argument, with one value of each kind: it is taken, or refused in our words, at the call. */

const ANY = Object.keys(kinds).join(" ");
const NUMBERS = "0 -1 1.5 Infinity";
const OPTIONS = "undefined object array function";

const {
  all,
  any,
  asCompleted,
  CancelledError,
  Future,
  follow,
  race,
  settled,
  shield,
  TimeoutError,
  wait,
  withTimeout,
} = main;
const { checkAwaitable, countWaiters, Probe, VirtualLoop } = testing;
const loop = new VirtualLoop({ onError: () => {} });
const pending = () => Future.withResolvers<number>({ loop }).future;
const promise = Promise.resolve(1);
const of = (value: unknown) => (): unknown => value;
type Wrong = never;
type Row = readonly [name: string, argument: string, takes: string, call: (value: Wrong) => unknown];

const combinators = { all, any, race, settled, wait, asCompleted } as Readonly<
  Record<string, (members: Wrong, options?: Wrong) => unknown>
>;

/** The export, its argument, what it takes, and a call with it. */
const ROWS: readonly Row[] = [
  ["Future", "loop, of `new`", "", (value) => new (Future as unknown as new (loop: Wrong) => unknown)(value)],
  ["Future", "withResolvers: options", OPTIONS, (value) => Future.withResolvers(value)],
  ["Future", "withResolvers: loop", "undefined", (value) => Future.withResolvers({ loop: value })],
  ["Future", "withResolvers: name", "undefined string", (name) => Future.withResolvers({ loop, name })],
  ["Future", "withResolvers: onCancel", "undefined function", (onCancel) => Future.withResolvers({ loop, onCancel })],
  ["Future", "resolve: value", ANY, (value) => Future.resolve(value, { loop })],
  ["Future", "resolve: options", OPTIONS, (value) => Future.resolve(1, value)],
  ["Future", "reject: error", ANY, (value) => Future.reject(value, { loop })],
  ["Future", "reject: options", OPTIONS, (value) => Future.reject(1, value).catch(() => {})],
  ["Future", "from: source", "function", (source) => Future.from(source, { loop })],
  ["Future", "from: options", OPTIONS, (value) => Future.from(promise, value)],
  ["Future", "from: signal", "undefined", (signal) => Future.from(promise, { loop, signal })],
  ["Future", "cancel: reason", ANY, (reason) => pending().cancel(reason)],
  ["Future", "addDoneCallback", "function", (callback) => pending().addDoneCallback(callback)],
  ["Future", "removeDoneCallback", ANY, (callback) => pending().removeDoneCallback(callback)],
  ["Future", "then", ANY, (callback) => pending().then(callback, callback)],
  ...Object.entries(combinators).flatMap(([name, combine]): Row[] => [
    [name, "members", /race|wait/.test(name) ? "" : "array", (members) => combine(members, { loop } as Wrong)],
    [name, "a member", "", (member) => combine([member] as Wrong, { loop } as Wrong)],
    [name, "options", OPTIONS, (options) => combine([pending()] as Wrong, options)],
    [name, "loop", "undefined", (value) => combine([pending()] as Wrong, { loop: value } as Wrong)],
    [name, "name", "undefined string", (value) => combine([pending()] as Wrong, { name: value } as Wrong)],
  ]),
  ["wait", "until", "undefined", (until) => wait([pending()], { until })],
  ["wait", "timeoutMs", `undefined ${NUMBERS}`, (timeoutMs) => wait([pending()], { timeoutMs })],
  ["asCompleted", "timeoutMs", `undefined ${NUMBERS}`, (timeoutMs) => asCompleted([pending()], { timeoutMs })],
  ["withTimeout", "member", "", (member) => withTimeout(member, 5, { loop })],
  ["withTimeout", "timeoutMs", NUMBERS, (timeoutMs) => withTimeout(pending(), timeoutMs)],
  ["withTimeout", "options", OPTIONS, (options) => withTimeout(pending(), 5, options)],
  ["shield", "member", "", (member) => shield(member, { loop })],
  ["shield", "options", OPTIONS, (options) => shield(pending(), options)],
  ["TimeoutError", "options", ANY, (options) => new TimeoutError("late", options)],
  ["CancelledError", "anything", "", (value) => new (CancelledError as unknown as new (v: Wrong) => unknown)(value)],
  ["isCancelled", "error", ANY, (error) => main.isCancelled(error)],
  ["makeCancelled", "reason", ANY, (reason) => main.makeCancelled(reason)],
  ["follow", "signal", "", (signal) => follow(signal, pending())],
  ["follow", "target", "", (target) => follow(new AbortController().signal, target)],
  ["follow", "target, already aborted", "", (target) => follow(AbortSignal.abort(), target)],
  ["checkAwaitable", "make", "function", (make) => checkAwaitable(make)],
  ["checkAwaitable", "what make gives", "", (made) => checkAwaitable(() => made)[0]?.run()],
  ["countWaiters", "queue", "", (queue) => countWaiters(queue)],
  ["Probe", "loop", "", (value) => new Probe(value)],
  ["Probe", "name", "undefined string", (name) => new Probe(loop, name)],
  ["Probe", "step: operation", "string array", (operation) => new Probe(loop).step(operation)],
  ["Probe", "step: options", OPTIONS, (options) => new Probe(loop).step(pending(), options)],
  ["Probe", "park", "", (step) => new Probe(loop).park(step)],
];

test.each(ROWS)("%s, %s: taken are %s; all else is refused in our words", (_name, _argument, takes, call) => {
  for (const [kind, value] of Object.entries(kinds)) {
    let thrown: unknown = "nothing";
    try {
      call(value as Wrong);
    } catch (error) {
      thrown = `${kind}: ${error}`;
    }
    if (takes.split(" ").includes(kind)) expect([kind, thrown]).toEqual([kind, "nothing"]);
    else
      expect(thrown).toMatch(
        /: (Type|Range)Error: Cannot .+: (.+ (is|are) .+; give .+|only the runtime does; call .+)$/,
      );
  }
});

/** See docs/decisions/what-is-not-checked.md. */
const PROTOCOL =
  "PAUSE WAIT Waitable bridge cancelWith dequeue enqueue fulfil listenTo parkOn ready reject shift shownAs takeResumed wakeAll";

test("no export is missing from the table but the drivers' side, error classes, and what the loop tests", () => {
  const unchecked = [main, testing]
    .flatMap((entry) => Object.keys(entry))
    .filter((name) => !ROWS.some(([checked]) => checked === name));
  const errors = ["FutureError", "InvalidStateError", "MisuseError"];
  const ofTheLoop = ["EventLoop", "VirtualLoop", "currentScheduler", "detectHost", "getEventLoop", "seededRandom"];
  expect(unchecked.sort()).toEqual([...PROTOCOL.split(" "), ...errors, ...ofTheLoop].sort());
});

test("a signal is told from its controller and from other event targets", () => {
  for (const wrong of [new AbortController(), new EventTarget(), { addEventListener: of(1) }]) {
    expect(() => Future.from(promise, { loop, signal: wrong as never })).toThrow(
      new TypeError("Cannot make a future: signal is object; give an AbortSignal"),
    );
    expect(() => follow(wrong as never, pending())).toThrow("Cannot follow: signal is object; give an AbortSignal");
  }
});

test("a TimeoutError takes its options as Error does: a cause that is there, even undefined, is kept", () => {
  expect(new TimeoutError("late", { timeoutMs: 5, cause: "c" })).toMatchObject({ timeoutMs: 5, cause: "c" });
  expect("cause" in new TimeoutError("late", { timeoutMs: 5 })).toBe(false);
  expect("cause" in new TimeoutError("late", { cause: undefined })).toBe(true);
  expect("cause" in new TimeoutError("late")).toBe(false);
});
