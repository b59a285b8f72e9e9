import fc from "fast-check";
import { expect, test } from "vitest";
import {
  all,
  any,
  asCompleted,
  Future,
  isCancelled,
  type Outcome,
  race,
  settled,
  shield,
  wait,
  withTimeout,
} from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { lab } from "./support/lab.ts";

/*
 * The combinators against what they say in one line each. Members settle in any order and way, some of them before the
 * call, some given twice; the combined future may be cancelled on the way. In the end no member has a waiter.
 */
type End = { how: "resolve" | "reject" | "cancel"; who: number };

const COUNT = 4;
const end: fc.Arbitrary<End> = fc.record({
  how: fc.constantFrom("resolve", "resolve", "reject", "cancel"),
  who: fc.nat(COUNT - 1),
});
const ends = fc.uniqueArray(end, { selector: ({ who }) => who, maxLength: COUNT });
const given = fc.array(fc.nat(COUNT - 1), { minLength: 1, maxLength: 6 });
const cancelAt = fc.option(fc.nat(COUNT), { nil: Number.POSITIVE_INFINITY });

const outcomeOf = ({ how, who }: End): Outcome<string> =>
  how === "resolve"
    ? { status: "fulfilled", value: `value ${who}` }
    : { status: how === "reject" ? "rejected" : "cancelled", reason: `reason ${who}` };

type Combine = (members: Future<string>[]) => Future<unknown>;
/** What a combinator has after `done`, which came in that order; undefined: it is still pending. */
type Says = (
  members: readonly number[],
  done: readonly End[],
  futures: readonly Future<string>[],
) => Outcome<unknown> | undefined;

const find = (done: readonly End[], who: number) => done.find((end) => end.who === who);
/** The members in the order in which they settled; those that had before the call, in the order given. */
const inOrder = (members: readonly number[], before: number, done: readonly End[]): End[] => {
  const early = members.flatMap((who) => done.slice(0, before).filter((end) => end.who === who));
  return [...early, ...done.slice(before).filter(({ who }) => members.includes(who))];
};

const rules: [string, Combine, (before: number) => Says][] = [
  [
    "GW-001 GW-003 GW-009 all",
    (members) => all(members),
    (before) => (members, done) => {
      const order = inOrder(members, before, done);
      const bad = order.find(({ how }) => how !== "resolve");
      if (bad) return outcomeOf(bad);
      if (!members.every((who) => find(done, who))) return undefined;
      return { status: "fulfilled", value: members.map((who) => `value ${who}`) };
    },
  ],
  [
    "race",
    (members) => race(members),
    (before) => (members, done) => {
      const [first] = inOrder(members, before, done);
      return first && outcomeOf(first);
    },
  ],
  [
    "GW-004 settled",
    (members) => settled(members),
    () => (members, done) => {
      if (!members.every((who) => find(done, who))) return undefined;
      return { status: "fulfilled", value: members.map((who) => outcomeOf(find(done, who) as End)) };
    },
  ],
  [
    "GW-013 wait for all",
    (members) => wait(members),
    () => (members, done, futures) => {
      if (!members.every((who) => find(done, who))) return undefined;
      return { status: "fulfilled", value: { done: new Set(members.map((who) => futures[who])), pending: new Set() } };
    },
  ],
  [
    "GW-015 wait for the first error",
    (members) => wait(members, { until: "firstError" }),
    (before) => (members, done, futures) => {
      const order = inOrder(members, before, done);
      const failed = order.some(({ how }) => how === "reject");
      if (!failed && !members.every((who) => find(done, who))) return undefined;
      const [ended, pending] = [true, false].map(
        (is) => new Set(members.filter((who) => (find(done, who) !== undefined) === is).map((who) => futures[who])),
      );
      return { status: "fulfilled", value: { done: ended, pending } };
    },
  ],
  [
    "CANCEL-021 shield",
    (members) => shield(members[0] as Future<string>),
    () => (members, done) => {
      const own = find(done, members[0] as number);
      return own && outcomeOf(own);
    },
  ],
  [
    "withTimeout",
    (members) => withTimeout(members[0] as Future<string>, 1_000),
    () => (members, done) => {
      const own = find(done, members[0] as number);
      return own && outcomeOf(own);
    },
  ],
];

for (const [name, combine, rule] of rules) {
  test(`${name} F4 F5: whoever settles, when and how, it says what it should, and leaves no waiter`, () => {
    fc.assert(
      fc.property(ends, given, fc.nat(COUNT), cancelAt, (ends, members, before, cancelAt) => {
        const { loop } = lab();
        const parts = Array.from({ length: COUNT }, () => Future.withResolvers<string>({ loop }));
        const futures = parts.map(({ future }) => future);
        const settle = ({ how, who }: End) => {
          if (how === "resolve") parts[who]?.resolve(`value ${who}`);
          else if (how === "reject") parts[who]?.reject(`reason ${who}`);
          else futures[who]?.cancel(`reason ${who}`);
        };
        const says = rule(Math.min(before, ends.length));
        for (const end of ends.slice(0, before)) settle(end);
        const combined = combine(members.map((who) => futures[who] as Future<string>));
        combined.catch(() => {});
        loop.runUntilIdle();
        let wanted = says(members, ends.slice(0, before), futures);
        for (let at = Math.min(before, ends.length); ; at++) {
          loop.runUntilIdle();
          expect(combined.peek()).toEqual(wanted);
          if (at === cancelAt) {
            expect(combined.cancel("enough")).toBe(wanted === undefined);
            wanted ??= { status: "cancelled", reason: "enough" };
          }
          const end = ends[at];
          if (end === undefined) break;
          settle(end);
          wanted ??= says(members, ends.slice(0, at + 1), futures);
        }
        // Nobody was cancelled or settled but by the program (F5).
        const states = futures.map((future) => future.peek());
        expect(states).toEqual(futures.map((_, who) => find(ends, who) && outcomeOf(find(ends, who) as End)));
        combined.cancel();
        loop.runUntilIdle();
        expect(futures.map((future) => countWaiters(future))).toEqual([0, 0, 0, 0]);
        expect(loop.timers).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
}

test("any F4 F5: the first value, else all the errors in the members' order, whoever settles, when and how", () => {
  fc.assert(
    fc.property(ends, given, fc.nat(COUNT), (ends, members, before) => {
      const { loop, reports } = lab();
      const parts = Array.from({ length: COUNT }, () => Future.withResolvers<string>({ loop }));
      const settle = ({ how, who }: End) => {
        if (how === "cancel") parts[who]?.future.cancel(`reason ${who}`);
        else parts[who]?.[how](`${how} ${who}`);
      };
      for (const end of ends.slice(0, before)) settle(end);
      const combined = any(members.map((who) => parts[who]?.future as Future<string>));
      combined.catch(() => {});
      for (const end of ends.slice(before)) settle(end);
      const good = inOrder(members, Math.min(before, ends.length), ends).find(({ how }) => how === "resolve");
      const outcome = combined.peek();
      if (good) expect(outcome).toEqual({ status: "fulfilled", value: `resolve ${good.who}` });
      else if (!members.every((who) => find(ends, who))) expect(outcome).toBeUndefined();
      else {
        const { errors } = (outcome as { reason: AggregateError }).reason;
        const texts = errors.map((error: unknown) => (isCancelled(error) ? error.reason : error));
        expect(texts).toEqual(
          members.map((who) => `${find(ends, who)?.how === "cancel" ? "reason" : "reject"} ${who}`),
        );
      }
      combined.cancel();
      loop.runUntilIdle();
      expect(parts.map(({ future }) => countWaiters(future))).toEqual([0, 0, 0, 0]);
      // What a combined future took over is nobody else's to report; the others' errors are. (F7)
      const unheard = ends.filter(({ how, who }) => how === "reject" && !members.includes(who));
      expect(reports.filter(([, { what }]) => what === "unheard rejection").length).toBeGreaterThanOrEqual(
        unheard.length,
      );
    }),
    { numRuns: 300 },
  );
});

test("GW-019 GW-022 asCompleted: whenever its items are asked for and given up, those that are kept come in order of completion", () => {
  const step = fc.oneof(
    fc.record({ settle: end }),
    fc.record({ ask: fc.constant(true) }),
    fc.record({ giveUp: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: "max" }), (steps) => {
      const { loop } = lab();
      const parts = Array.from({ length: COUNT }, () => Future.withResolvers<string>({ loop }));
      const items = asCompleted(parts.map(({ future }) => future));
      const asked: Future<string>[] = [];
      let queue: Future<string>[] = []; // asked for, pending: the model
      const came: Outcome<string>[] = []; // settled, not asked for: the model
      const wanted = new Map<Future<string>, Outcome<string>>();
      let left = COUNT;
      for (const step of steps) {
        if ("settle" in step) {
          const { how, who } = step.settle;
          const fresh =
            how === "resolve"
              ? parts[who]?.resolve(`value ${who}`)
              : how === "reject"
                ? parts[who]?.reject(`reason ${who}`)
                : parts[who]?.future.cancel(`reason ${who}`);
          if (!fresh) continue;
          const first = queue.shift();
          if (first) wanted.set(first, outcomeOf(step.settle));
          else came.push(outcomeOf(step.settle));
        } else if ("ask" in step) {
          const { done, value } = items.next();
          expect(done === true).toBe(left === 0);
          if (value === undefined) continue;
          left--;
          asked.push(value);
          const first = came.shift();
          if (first) wanted.set(value, first);
          else queue.push(value);
        } else {
          const item = asked[step.giveUp];
          if (item === undefined || !queue.includes(item)) continue;
          expect(item.cancel("gave up")).toBe(true);
          queue = queue.filter((other) => other !== item);
          wanted.set(item, { status: "cancelled", reason: "gave up" });
          left++; // its place is given again
        }
        expect([items.left, asked.map((item) => item.peek())]).toEqual([left, asked.map((item) => wanted.get(item))]);
      }
      for (const item of asked) void item.outcome;
      items.close();
      expect([items.left, parts.map(({ future }) => countWaiters(future))]).toEqual([0, [0, 0, 0, 0]]);
    }),
    { numRuns: 500 },
  );
});
