import { describe, expect, test } from "vitest";
import { all, any, ensure, GroupError, group, race, scope, settled, sleep, type Task } from "../src/index.ts";
import { dump, readableStacks, snapshot } from "../src/inspect/index.ts";
import { runTest } from "../src/testing/index.ts";
import { lab } from "./support.ts";

/** Whatever can be thrown, or given as a reason, that cannot be looked at or printed without care. */
const zoo: Record<string, () => unknown> = {
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of a function": () => revoked(() => {}),
  "an error whose message is a symbol": () => Object.assign(new Error(), { message: Symbol("m") }),
  "an error whose message throws": () => withGetter(new Error(), "message"),
  "an error whose constructor throws": () => withGetter(new Error("fine"), "constructor"),
  "an object without a prototype": () => Object.create(null),
  "an object whose toString throws": () => ({
    toString: broken,
    valueOf: broken,
    [Symbol.toPrimitive]: broken,
    toJSON: broken,
  }),
  "an object whose constructor throws": () => withGetter({}, "constructor"),
  "an object whose class has a symbol for a name": () => Object.create({ constructor: { name: Symbol("n") } }),
  "a thenable that throws": () => withGetter({}, "then"),
  "a function": () => () => {},
  "a function without a string for a name": () => Object.defineProperty(() => {}, "name", { value: Symbol("n") }),
  "a symbol": () => Symbol("s"),
  "a bigint": () => 5n,
  undefined: () => undefined,
};

describe.each(Object.entries(zoo))("%s: nothing hangs, and the very same value comes out", (_, make) => {
  test("C3 a child fails with it: the siblings are cancelled, and it is in the GroupError", () => {
    const { start, finish, log, say } = lab();
    const value = make();
    const task = heard(
      start(() =>
        group(function* (g) {
          g.spawn(function* sibling() {
            try {
              yield* sleep(1000);
            } finally {
              say("sibling ends");
            }
          });
          g.spawn(function* bad() {
            yield* sleep(1);
            throw value;
          });
          yield* sleep(1000);
        }),
      ),
    );
    finish();
    expect(log).toEqual(["1 sibling ends"]);
    const outcome = task.outcome as { reason: GroupError };
    expect(outcome.reason).toBeInstanceOf(GroupError);
    expect(outcome.reason.errors[0] === value).toBe(true);
    expect(outcome.reason.split(() => true)[0]?.errors[0] === value).toBe(true);
    expect(outcome.reason.split(RangeError)[0]).toBeUndefined();
  });

  test("C3 a body fails with it, in a group, in a scope, and in cleanup after a cancel", () => {
    const { start: begin, finish } = lab();
    const start: typeof begin = (body) => heard(begin(body));
    const value = make();
    function* bad(): Generator<never, void> {
      throw value;
    }
    const plain = start(bad);
    const inScope = start(() => scope(bad));
    const inGroup = start(() => group(bad));
    const inMain = start(function* (root) {
      root.spawn(() => sleep(1000));
      yield* bad();
    });
    const inCleanup = start(function* () {
      yield* scope(function* (s) {
        s.cancel();
        try {
          yield* sleep(1);
        } finally {
          yield* bad();
        }
      });
    });
    const inEnsure = start(function* () {
      yield* ensure(bad);
      throw value;
    });
    finish();
    for (const task of [plain, inScope, inMain, inCleanup, inEnsure])
      expect((task.outcome as { reason: unknown }).reason === value).toBe(true);
    expect((inGroup.outcome as { reason: GroupError }).reason.errors[0] === value).toBe(true);
  });

  test("CANCEL-013 it is the reason of a cancel, and dump and snapshot print it while that is under way", () => {
    const { start, loop, finish } = lab();
    const value = make();
    const task = heard(start(ensureSlowly));
    loop.runUntilIdle();
    task.cancel(value);
    loop.runUntilIdle();
    expect(dump()).toContain("cancelled");
    expect(JSON.stringify(snapshot())).toContain("insistsInMs");
    finish();
    expect(task.state).toBe("cancelled");
    expect((task.outcome as { reason: unknown }).reason === value).toBe(true);
  });

  test("C3 a child fails with it while a sibling cleans up: dump prints the reason", () => {
    const { start, loop, finish } = lab();
    const value = make();
    const task = heard(
      start(function* (root) {
        root.spawn(ensureSlowly, { name: "slow" });
        root.spawn(function* () {
          yield* sleep(1);
          throw value;
        });
      }),
    );
    loop.advance(1);
    expect(dump()).toContain("slow");
    expect(JSON.stringify(snapshot())).toContain("slow");
    finish();
    expect((task.outcome as { reason: GroupError }).reason.errors[0] === value).toBe(true);
  });

  test("C3 a member of all and race fails with it; any and settled tell it", () => {
    const { start: begin, finish } = lab();
    const start: typeof begin = (body) => heard(begin(body));
    const value = make();
    const bad = function* (): Generator<never, void> {
      throw value;
    };
    function* alsoBad() {
      try {
        yield* sleep(1000);
      } finally {
        yield* bad();
      }
    }
    const first = [start(() => all([bad, alsoBad])), start(() => race([bad, alsoBad]))];
    const none = start(() => any([bad]));
    const told = start(() => settled([bad]));
    finish();
    for (const task of first) expect((task.outcome as { reason: unknown }).reason === value).toBe(true);
    expect((none.outcome as { reason: AggregateError }).reason.errors[0] === value).toBe(true);
    expect((told.result()[0] as { reason: unknown }).reason === value).toBe(true);
  });

  test("readableStacks lets it pass", () => {
    using _ = readableStacks();
    const { start, finish } = lab();
    const value = make();
    const task = heard(
      start(() =>
        scope(function* () {
          throw value;
        }),
      ),
    );
    finish();
    expect((task.outcome as { reason: unknown }).reason === value).toBe(true);
  });

  test("runTest tells it as the cause", async () => {
    const value = make();
    const failure = await runTest(function* () {
      throw value;
    }).catch((error: unknown) => error as Error);
    expect((failure as Error).name).toBe("TestFailedError");
    expect((failure as Error).cause === value).toBe(true);
  });
});

function* ensureSlowly() {
  try {
    yield* sleep(1000);
  } finally {
    yield* sleep(5);
  }
}

/** Its failure is looked at later. */
function heard<T>(task: Task<T>): Task<T> {
  task.addDoneCallback(() => {});
  return task;
}

function broken(): never {
  throw new Error("not to be looked at");
}

function withGetter<T extends object>(object: T, name: string): T {
  return Object.defineProperty(object, name, { get: broken });
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
