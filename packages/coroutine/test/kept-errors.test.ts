import { describe, expect, test } from "vitest";
import {
  all,
  any,
  call,
  checkpoint,
  ensure,
  Future,
  group,
  isCancelled,
  mapAll,
  type Operation,
  race,
  retry,
  scope,
  settled,
  sleep,
} from "../src/index.ts";
import { caught, ending, type Lab, lab, tell } from "./support.ts";

/** Fails with `error` after `ms`; where it is cut off, its cleanup fails with `rude`. */
function member(ms: number, error?: unknown, rude?: unknown): () => Operation<string> {
  return function* () {
    let over = false;
    try {
      yield* sleep(ms);
      over = true;
      if (error !== undefined) throw error;
      return "well";
    } finally {
      if (!over && rude !== undefined) throw rude;
    }
  };
}

/** An error with all that it carries, but for the cancellation that a cleanup was in. */
function whole(error: unknown): string {
  const { cause, suppressed } = (error ?? {}) as { cause?: unknown; suppressed?: unknown[] };
  const beside = Array.isArray(suppressed) ? ` suppressed [${suppressed.map(whole).join(", ")}]` : "";
  return `${tell(error)}${cause === undefined || isCancelled(cause) ? "" : ` cause (${whole(cause)})`}${beside}`;
}

function playCaught(here: Lab, operation: () => Operation<unknown>): string {
  let told = "";
  here.play(function* () {
    told = whole(yield* caught(operation));
  });
  return told;
}

describe("C3 combinators in combinators", () => {
  test("what an inner one has suppressed stays beside what the outer one adds", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((text) => new Error(text));
    const inner = (): Operation<unknown> => all([member(1, a), member(9, undefined, b)]);
    const here = lab();
    expect(playCaught(here, () => all([inner, member(9, undefined, c)]))).toBe(
      "Error: a suppressed [Error: b, Error: c]",
    );
    expect(playCaught(here, () => race([inner, member(9, undefined, d)]))).toBe(
      "Error: a suppressed [Error: b, Error: c, Error: d]",
    );
  });
});

describe("C3 a first error that can carry nothing", () => {
  const firsts: readonly (readonly [string, unknown])[] = [
    ["a primitive", "no"],
    ["null", null],
    ["a frozen error", Object.freeze(new Error("no"))],
  ];
  for (const [what, first] of firsts) {
    test(`is thrown as it is, and the others are reported: ${what}`, () => {
      const throwing = function* (): Operation<string> {
        yield* sleep(1);
        throw first;
      };
      const list = [throwing, member(9, undefined, new Error("rude"))];
      const combined = [() => all(list), () => race(list), () => mapAll(list, (make) => make(), { limit: 2 })];
      for (const operation of combined) {
        const here = lab({ reports: true });
        const seen: unknown[] = [];
        here.play(function* () {
          seen.push(yield* caught(operation));
        });
        expect([seen, here.reports]).toEqual([[first], [expect.stringMatching(/: rude$/)]]);
      }
    });
  }

  test("retry has dealt with the earlier ones by trying again: they are not reported", () => {
    const here = lab();
    const end = here.play(() =>
      retry(function* () {
        throw "no";
      }),
    );
    expect(end).toBe("rejected no");
  });
});

describe("C3 the error of a cleanup", () => {
  const cleanup = (error: unknown, body: unknown): (() => Operation<unknown>) =>
    function* () {
      yield* scope(function* () {
        yield* ensure(() => {
          throw error;
        });
        throw body;
      });
    };

  test("which has a cause of its own keeps that, and the body's error in `suppressed`", () => {
    const error = new Error("cleanup", { cause: new Error("disk") });
    expect(playCaught(lab(), cleanup(error, new Error("body")))).toBe(
      "Error: cleanup cause (Error: disk) suppressed [Error: body]",
    );
  });

  test("which can carry nothing comes out, and the body's error is reported", () => {
    for (const error of ["cleanup", Object.freeze(new Error("cleanup"))]) {
      const here = lab({ reports: true });
      expect(playCaught(here, cleanup(error, new Error("body")))).toMatch(/cleanup$/);
      expect(here.reports).toEqual([expect.stringMatching(/: body$/)]);
    }
  });

  test("which is what the body's was caused by makes no ring: the body's, which has it already, comes out", () => {
    const disk = new Error("disk");
    expect(playCaught(lab(), cleanup(disk, new Error("body", { cause: disk })))).toBe(
      "Error: body cause (Error: disk)",
    );
  });

  test("a cancellation of somebody else's future is an error like any other, behind the body's", () => {
    const here = lab();
    const gone = Future.withResolvers<void>({ loop: here.loop }).future;
    gone.cancel("elsewhere");
    const block = (body: unknown): (() => Operation<unknown>) =>
      function* () {
        yield* scope(function* (s) {
          yield* ensure(() => gone);
          if (body !== undefined) throw body;
          s.cancel("own");
          yield* sleep(1);
        });
      };
    expect(playCaught(here, block(new Error("body")))).toBe("Error: body suppressed [CancelledError elsewhere]");
    expect(playCaught(here, block(undefined))).toBe("CancelledError elsewhere");
  });
});

describe("C3 C4 members that fail about the end of the combinator", () => {
  test("race: a loser that fails of its own in the same pass is in `suppressed`, or reported", () => {
    const here = lab({ reports: true });
    expect(playCaught(here, () => race([member(1, new Error("a")), member(1, new Error("b"))]))).toBe(
      "Error: a suppressed [Error: b]",
    );
    expect(here.reports).toEqual([]);
    expect(here.play(() => race([member(1), member(1, new Error("b"))]))).toBe("fulfilled well");
    expect(here.reports).toEqual(["cleanup of a loser, race: b"]);
  });

  test("race: one that fails in the pass after the winner's is reported", () => {
    const here = lab({ reports: true });
    const late = function* (): Operation<string> {
      yield* sleep(1);
      yield* checkpoint();
      throw new Error("late");
    };
    expect(here.play(() => race([member(1), late]))).toBe("fulfilled well");
    expect(here.reports).toEqual(["cleanup of a loser, race: late"]);
  });

  test("race cut off in the turn in which a member fails throws that error", () => {
    const here = lab();
    const task = here.start(() =>
      race([
        function* () {
          yield* sleep(1);
          task.cancel("outside");
          throw new Error("real");
        },
        member(9),
      ]),
    );
    const end = ending(task);
    here.finish();
    expect(end()).toBe("rejected Error: real");
  });

  test("any and settled: what has failed before is theirs to tell, and a cancel cuts that off", () => {
    for (const combine of [any, settled]) {
      const here = lab();
      const task = here.start(() => combine([member(1, new Error("data")), member(9)]));
      const end = ending(task);
      here.loop.advance(2);
      task.cancel("outside");
      here.finish();
      expect(end()).toBe("cancelled outside");
    }
  });
});

describe("C3 mapAll and its iterator", () => {
  /** 1, 2, 3, …; what becomes of it is said. */
  function numbers({ say }: Lab, bad: { next?: Error; return?: Error }): Iterable<number> {
    let n = 0;
    return {
      [Symbol.iterator]: () => ({
        next() {
          if (bad.next !== undefined && n === 1) throw bad.next;
          return { done: false, value: ++n };
        },
        return() {
          say("returned");
          if (bad.return !== undefined) throw bad.return;
          return { done: true, value: undefined };
        },
      }),
    };
  }
  function* failing(n: number): Operation<void> {
    yield* sleep(n);
    throw new Error(`item ${n}`);
  }

  test("an iterator that fails to close leaves the first error, and is in its `suppressed`", () => {
    const here = lab();
    const told = playCaught(here, () => mapAll(numbers(here, { return: new Error("close") }), failing, { limit: 1 }));
    expect([told, ...here.log]).toEqual(["Error: item 1 suppressed [Error: close]", "1 returned"]);
  });

  test("C4 cut off from outside, the iterator's error comes out", () => {
    const here = lab();
    const task = here.start(() => mapAll(numbers(here, { return: new Error("close") }), () => sleep(9), { limit: 2 }));
    const end = ending(task);
    here.loop.advance(1);
    task.cancel("outside");
    here.finish();
    expect([end(), ...here.log]).toEqual(["rejected Error: close", "1 returned"]);
  });

  test("one whose next() has thrown is not closed, as in `for of`", () => {
    const here = lab();
    const told = playCaught(here, () => mapAll(numbers(here, { next: new Error("next") }), failing, { limit: 2 }));
    expect([told, ...here.log]).toEqual(["Error: next"]);
  });
});

describe("C3 a cancellation is shared by all whom it reaches, and stays as it is", () => {
  test("all: a real error beats it, and has it in `suppressed`", () => {
    const here = lab();
    const gone = Future.withResolvers<void>({ loop: here.loop }).future;
    gone.cancel("elsewhere");
    expect(playCaught(here, () => all([gone, member(9, undefined, new Error("rude"))]))).toBe(
      "Error: rude suppressed [CancelledError elsewhere]",
    );
  });

  test("race: won by it, the errors of the others are reported", () => {
    const here = lab({ reports: true });
    const gone = Future.withResolvers<string>({ loop: here.loop }).future;
    gone.cancel("elsewhere");
    expect(playCaught(here, () => race([gone, member(9, undefined, new Error("rude"))]))).toBe(
      "CancelledError elsewhere",
    );
    expect(here.reports).toEqual([expect.stringMatching(/: rude$/)]);
  });
});

describe("C3 a frame that was asked to end and ends with another error", () => {
  const failing = function* (): Operation<void> {
    try {
      yield* sleep(9);
    } catch {
      throw new Error("other");
    }
  };

  test("has the CancelledError as cause: a call, a block, a task", () => {
    const frames: Record<string, () => Operation<unknown>> = {
      call: () => call(failing),
      nested: () => call(() => call(failing)),
      scope: () => call(() => scope(failing)),
      group: () => group(failing),
      bare: failing,
    };
    for (const [name, frame] of Object.entries(frames)) {
      const here = lab();
      const seen: unknown[] = [];
      const task = here.start(function* () {
        try {
          yield* frame();
        } catch (error) {
          seen.push(((error as AggregateError).errors?.[0] ?? error).cause);
        }
      });
      here.loop.advance(1);
      task.cancel("stop");
      here.finish();
      // `yield*` alone is no frame of its own: the task that catches is the one that was asked.
      expect([name, seen.map(tell)]).toEqual([name, [name === "bare" ? "undefined" : "CancelledError stop"]]);
    }
  });

  test("keeps a cause of its own", () => {
    const here = lab();
    const task = here.start(() =>
      call(function* () {
        try {
          yield* sleep(9);
        } catch {
          throw new Error("other", { cause: "own" });
        }
      }),
    );
    const end = ending(task);
    here.loop.advance(1);
    task.cancel("stop");
    here.finish();
    const outcome = task.peek();
    expect([end(), outcome?.status === "rejected" && whole(outcome.reason)]).toEqual([
      "rejected Error: other",
      "Error: other cause (own)",
    ]);
  });
});
