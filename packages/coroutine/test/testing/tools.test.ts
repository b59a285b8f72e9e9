/*
 * The small tools of the testing entry.
 */
import { describe, expect, test } from "vitest";
import {
  all,
  call,
  checkpoint,
  Event,
  Future,
  group,
  Lock,
  moveOnAfter,
  type Operation,
  run,
  Semaphore,
  scope,
  shield,
  sleep,
  until,
} from "../../src/index.ts";
import {
  assertCheckpoint,
  assertNoCheckpoint,
  EventLog,
  explore,
  runTest,
  Sequencer,
  shatter,
  untilAllBlocked,
  VirtualLoop,
} from "../../src/testing/index.ts";
import { lab } from "../support.ts";
import { rejection } from "./rejection.ts";

describe("untilAllBlocked", () => {
  test("LOOP-045 wakes before the clock jumps", async () => {
    const log = new EventLog();
    await runTest(function* (root) {
      root.spawn(function* sleeper() {
        yield* sleep(1);
        log.add("slept");
      });
      root.spawn(function* watcher() {
        yield* untilAllBlocked();
        log.add("all blocked");
      });
      root.spawn(function* busy() {
        for (let i = 0; i < 50; i++) yield* checkpoint();
        log.add("had its turns");
      });
    });
    log.expect(["0 busy: had its turns", "0 watcher: all blocked", "1 sleeper: slept"]);
  });

  test("LOOP-048 is not woken while a promise is waited for, and not by what makes nobody ready", async () => {
    const log = new EventLog();
    await runTest(function* (root, t) {
      let settle: () => void = () => {};
      const promise = new Promise<void>((resolve) => {
        settle = resolve;
      });
      root.spawn(function* waiter() {
        yield* until(promise);
        log.add("promise");
      });
      const hold = t.loop.hold("host");
      void Promise.resolve().then(() => {
        hold.release(); // the host has woken, and nobody is ready
        settle();
      });
      yield* untilAllBlocked();
      log.add("all blocked");
    });
    log.expectInOrder(["0 waiter: promise"]);
    expect(log.lines.at(-1)).toMatch(/all blocked$/);
  });

  test("several are woken one by one, each with the others blocked", async () => {
    const log = new EventLog();
    await runTest(function* (root) {
      for (const name of ["a", "b"]) {
        root.spawn(
          function* () {
            yield* untilAllBlocked();
            log.add("1");
            yield* checkpoint();
            log.add("2");
          },
          { name },
        );
      }
    });
    log.expect(["0 a: 1", "0 a: 2", "0 b: 1", "0 b: 2"]);
  });

  test("outside a test it is refused", () => {
    expect(lab().play(() => untilAllBlocked())).toMatch(/^rejected MisuseError: .* it is not in a test/);
  });

  test("a cancelled wait is forgotten", async () => {
    await runTest(function* (root) {
      const task = root.spawn(() => untilAllBlocked());
      yield* checkpoint();
      task.cancel();
      yield* untilAllBlocked();
    });
  });
});

describe("a Sequencer", () => {
  test("orders blocks, whatever the order of the loop", async () => {
    await explore(
      function* (root) {
        const seq = new Sequencer();
        const log: number[] = [];
        for (const position of [3, 1, 0, 2]) {
          root.spawn(() =>
            seq.at(position, function* () {
              yield* checkpoint();
              log.push(position);
            }),
          );
        }
        yield* seq.at(4);
        expect(log).toEqual([0, 1, 2, 3]);
      },
      { seeds: 50 },
    );
  });

  test("gives what the block returns, and goes on after one that fails", () => {
    const seq = new Sequencer();
    const { play } = lab();
    const failing = () =>
      seq.at(0, function* (): Operation<void> {
        throw new Error("no");
      });
    expect(play(failing)).toBe("rejected Error: no");
    expect(play(() => seq.at(1, () => Future.resolve("second")))).toBe("fulfilled second");
  });

  test("breaks for those behind a block that was cancelled while it waited", () => {
    const seq = new Sequencer();
    const end = lab().play(function* (root) {
      const second = root.spawn(() => seq.at(1));
      const third = root.spawn(() => seq.at(2), { onError: "owner" });
      yield* checkpoint();
      second.cancel();
      return yield* third.join();
    });
    expect(end).toContain('"status":"rejected"');
    expect(lab().play(() => seq.at(3))).toMatch(/turn 3: the block of turn 1 was cancelled/);
    expect(lab().play(() => seq.at(0, () => Future.resolve("not behind it")))).toBe("fulfilled not behind it");
  });

  test("a number is given once, and is a whole one", () => {
    const seq = new Sequencer();
    const { play } = lab();
    play(() => seq.at(0));
    expect(play(() => seq.at(0))).toMatch(/turn 0: it was given out before/);
    for (const position of [-1, 0.5, Number.NaN]) expect(() => seq.at(position)).toThrow(RangeError);
  });
});

describe("DEBUG-016 assertCheckpoint and assertNoCheckpoint", () => {
  const idle = function* (): Operation<void> {};
  const taken = (): Operation<void> => new Lock().acquire();
  /** What a cancel finds there: a place to come in, none, or a wait at which it cannot come in. */
  const cases: Record<string, [() => Operation<unknown>, "a checkpoint" | "none" | "only a sealed wait"]> = {
    nothing: [idle, "none"],
    "a checkpoint": [checkpoint, "a checkpoint"],
    "a sleep": [() => sleep(1), "a checkpoint"],
    "a ready answer": [() => Future.resolve(1, { loop: new VirtualLoop() }), "a checkpoint"],
    "a free lock": [taken, "a checkpoint"],
    "a free semaphore": [() => new Semaphore(1).acquire(), "a checkpoint"],
    "tryAcquire alone": [
      function* () {
        return new Semaphore(1).tryAcquire();
      },
      "none",
    ],
    "an empty group": [() => group(idle), "none"],
    "an empty scope": [() => scope(idle), "none"],
    "a scope in a scope, empty": [() => scope(() => scope(idle)), "none"],
    "a group that joins a child": [
      () =>
        group(function* (g) {
          g.spawn(idle);
        }),
      "only a sealed wait", // what would cancel the owner cancels the child
    ],
    "a sleep in a scope": [() => scope(() => sleep(1)), "a checkpoint"],
    "a ready answer in a scope": [() => scope(taken), "a checkpoint"],
    "a sleep in the body of a group": [() => group(() => sleep(1)), "a checkpoint"],
    "a sleep with a limit, in a scope, called": [
      () => call(() => scope(() => moveOnAfter(5, () => sleep(1)))),
      "a checkpoint",
    ],
    "all() of something": [() => all([sleep(1)]), "a checkpoint"],
    "a sleep behind a shield": [() => shield(() => sleep(1)), "only a sealed wait"],
    "a call behind a shield": [() => shield(() => call(() => scope(() => sleep(1)))), "only a sealed wait"],
    "a shield, and a ready answer after it": [
      function* () {
        yield* shield(() => sleep(1));
        yield* taken();
      },
      "a checkpoint",
    ],
    "nothing, called: call itself is one": [() => call(idle), "a checkpoint"],
    "a sleep, called": [() => call(() => sleep(1)), "a checkpoint"],
    "a ready answer, called": [() => call(taken), "a checkpoint"],
  };
  for (const [name, [body, found]] of Object.entries(cases)) {
    test(`${name}: ${found}`, () => {
      const passes = (checked: () => Operation<unknown>): string => lab().play(checked);
      const [one, other] = [assertCheckpoint, assertNoCheckpoint].map((check) => passes(() => check(body)));
      expect(one).toMatch(
        {
          "a checkpoint": /^fulfilled/,
          none: /^rejected Error: Expected a checkpoint: the body neither waited/,
          "only a sealed wait": /^rejected Error: Expected a checkpoint: the body waited only/,
        }[found],
      );
      expect(other).toMatch(found === "none" ? /^fulfilled/ : /^rejected Error: Expected no checkpoint/);
    });
  }

  test("what is thrown into a scope of the body, and what that gives, goes through: deadlines, values, cleanups", () => {
    const { play, log, say } = lab();
    const end = play(() =>
      assertCheckpoint(function* () {
        const late = yield* moveOnAfter(5, function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* sleep(1);
            say("cleaned up");
          }
        });
        return [late ?? "late", yield* scope(() => call(() => Future.resolve("value", { loop: new VirtualLoop() })))];
      }),
    );
    expect([end, ...log]).toEqual(['fulfilled ["late","value"]', "6 cleaned up"]);
  });

  test("what the body throws comes out as it is, and a cancel gets in", () => {
    const { play, loop } = lab();
    const failing = function* (): Operation<void> {
      throw new Error("own");
    };
    expect(play(() => assertCheckpoint(failing))).toBe("rejected Error: own");
    const task = run(() => assertCheckpoint(new Event().wait()), { loop });
    loop.runUntilIdle();
    task.cancel("enough");
    loop.runUntilIdle();
    expect(task.state).toBe("cancelled");
  });
});

describe("an EventLog", () => {
  const filled = (...lines: string[]): EventLog => {
    const log = new EventLog();
    log.lines.push(...lines);
    return log;
  };

  test("tells the time and the task of each entry", async () => {
    const log = new EventLog();
    await runTest(
      function* (_root, t) {
        t.loop.callLater(2, () => log.add("a timer"));
        yield* sleep(5);
        log.add("slept");
      },
      { name: "main" },
    );
    log.expect(["2 a timer", "5 main: slept"]);
  });

  test("shows the first difference, and the whole", () => {
    expect(() => filled("a", "b").expect(["a", "c"])).toThrow('line 2 is "b", not "c"\n  a\n  b');
    expect(() => filled("a").expect(["a", "b"])).toThrow('line 2 is missing, not "b"');
    expect(() => filled("a", "b").expect(["a"])).toThrow('line 2 is "b", not missing');
  });

  test("finds lines in their order, with others between", () => {
    filled("a", "x", "b").expectInOrder(["a", "b"]);
    expect(() => filled("b", "a").expectInOrder(["a", "b"])).toThrow('"b" does not come after line 2');
    expect(() => filled("a").expectInOrder(["a", "a"])).toThrow("does not come after line 1");
    expect(() => filled().expectInOrder(["a"])).toThrow('"a" does not come');
  });
});

describe("shatter", () => {
  const text = 'data: {"a":"pi\\u00f1a 🍕 \\n"}\r\n\r\ndata: [DONE]\n\n';
  const join = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString();

  test("together the chunks are what was cut, by every seed", () => {
    for (let seed = -50; seed < 50; seed++) expect(join(shatter(text, seed))).toBe(text);
    expect(shatter("", 1)).toEqual([]);
    expect(join(shatter(new TextEncoder().encode(text), 3))).toBe(text);
  });

  test("a seed cuts the same way each time, and another one otherwise", () => {
    expect(shatter(text, 7)).toEqual(shatter(text, 7));
    expect(shatter(text, 7)).not.toEqual(shatter(text, 8));
  });

  test("even seeds cut inside code points, CRLF, blank lines and escapes; odd ones not everywhere", () => {
    const edges = (seed: number): string[] => {
      const chunks = shatter('🍕\\u0041\\"\r\n\n', seed).filter(({ length }) => length > 0);
      return chunks.map((chunk) => Buffer.from(chunk).toString("latin1"));
    };
    const pizza = ["\xf0", "\x9f", "\x8d", "\x95\\"];
    const cut = edges(0).join("|");
    expect(cut.startsWith(pizza.slice(0, 3).join("|"))).toBe(true);
    for (const piece of ["\\|u|0|0|4|1", '\\|"', "\r|\n|\n"]) expect(cut).toContain(piece);
    expect(Array.from({ length: 20 }, (_, i) => edges(2 * i + 1).length).some((n) => n < edges(0).length)).toBe(true);
  });

  test("is what a decoder has to stand", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const decoder = new TextDecoder();
      const decoded = shatter(text, seed).map((chunk) => decoder.decode(chunk, { stream: true }));
      expect(decoded.join("")).toBe(text);
    }
    const naive = shatter("🍕", 0).map((chunk) => new TextDecoder().decode(chunk));
    expect(naive.join("")).not.toBe("🍕");
  });

  test("the seed is a whole number", () => {
    expect(() => shatter("a", 0.5)).toThrow(RangeError);
  });
});

test("errors that are taken from the loop fail nobody", async () => {
  const boom = new Error("reported");
  const fails = (take: boolean) =>
    runTest(function* (_root, t) {
      t.loop.reportError(boom, { what: "test" });
      if (take) expect(t.takeReports()).toEqual([boom]);
    });
  await fails(true);
  expect((await rejection(fails(false))).cause).toBe(boom);
});
