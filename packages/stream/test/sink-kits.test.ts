import { type Operation, receiver } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import {
  channel,
  distinct,
  drop,
  dropWhile,
  END,
  filter,
  map,
  type Operator,
  type PipeTarget,
  type Receiver,
  type Sink,
  type Streamable,
  scan,
  tap,
} from "../src/index.ts";
import { type Check, checkSink, checkTarget, shatter, type TargetCase } from "../src/testing/index.ts";
import { thrownBy } from "./support.ts";

/** The sink that an operator puts around another. */
function sinkOf<A, B>(operator: Operator<A, B>): (inner: Sink<B>) => Sink<A> {
  return (inner) => {
    let captured: Sink<A> | undefined;
    const upstream: Streamable<A> = {
      open: (_host, sink) => {
        captured = sink;
        return { pump: () => END, close: () => undefined };
      },
      tasks: false,
    };
    operator(upstream).open({} as never, inner);
    return captured as Sink<A>;
  };
}

const items = [1, 2, 3, 4];
const cases: [string, Operator<number, number>, number[]][] = [
  ["map", map((n) => -n), [-1, -2, -3, -4]],
  ["filter", filter((n) => n % 2 === 0), [2, 4]],
  ["tap", tap(() => {}), items],
  ["scan", scan((sum, n) => sum + n, 0), [1, 3, 6, 10]],
  ["drop", drop(2), [3, 4]],
  ["dropWhile", dropWhile((n) => n < 3), [3, 4]],
  ["distinct", distinct((n) => n % 3), [1, 2, 3]],
];

describe.each(cases)("the sink of %s", (_name, operator, gives) => {
  for (const { id, name, run } of checkSink(() => ({ make: sinkOf(operator), items, gives })))
    test(`${id} ${name}`, run);
});

const failures = (checks: readonly Check[]): string[] =>
  checks
    .filter(({ run }) => {
      try {
        run();
        return false;
      } catch {
        return true;
      }
    })
    .map(({ id, name }) => `${id} ${name}`);

describe("checkSink finds", () => {
  const broken: [string, (inner: Sink<number>) => Sink<number>, string][] = [
    [
      "a sink that gives something when it is made",
      (inner) => {
        inner.push(0);
        return inner;
      },
      "S1 it gives nothing when",
    ],
    [
      "one that always wants more",
      (inner) => ({ push: (n) => inner.push(n) || true }),
      "S1 where its sink says enough",
    ],
    ["one that gives twice", (inner) => ({ push: (n) => inner.push(n) && inner.push(n) }), "S1 it gives nothing when"],
    [
      "one that catches",
      (inner) => ({
        push: (n) => {
          try {
            return inner.push(n);
          } catch {
            return false;
          }
        },
      }),
      "S7 what its sink throws",
    ],
    [
      "one that stops for ever",
      (inner) => {
        let on = true;
        return {
          push: (n) => {
            on &&= inner.push(n);
            return on;
          },
        };
      },
      "S2 after enough",
    ],
  ];
  test.each(broken)("%s", (_name, make, found) => {
    expect(failures(checkSink(() => ({ make, items, gives: items }))).join("; ")).toContain(found);
  });
});

/** A channel's sender, and what has come out of the channel. */
function senderCase(): TargetCase<string> {
  const { sender, receiver } = channel<string>(4);
  return caseOf(sender, receiver);
}

function caseOf(target: PipeTarget<string>, receiver: Receiver<string>): TargetCase<string> {
  const got: string[] = [];
  let told: "nothing" | "closed" | { error: unknown } = "nothing";
  const look = (): void => {
    try {
      for (let next = receiver.tryReceive(); next !== undefined; next = receiver.tryReceive()) {
        if (!next.done) got.push(next.value);
        else {
          told = "closed";
          return;
        }
      }
    } catch (error) {
      told = { error };
    }
  };
  return {
    target,
    items: ["a", "b", "c"],
    arrived: () => {
      look();
      return [...got];
    },
    told: () => {
      look();
      return told;
    },
  };
}

describe("a sender is a target", () => {
  for (const { id, name, run } of checkTarget(senderCase)) test(`${id} ${name}`, run);
});

describe("a receiver coroutine is a target", () => {
  const checks = checkTarget(() => {
    const got: string[] = [];
    let told: "nothing" | "closed" = "nothing";
    const screen = receiver(function* () {
      try {
        while (true) got.push((yield) as string);
      } finally {
        told = "closed";
      }
    });
    return { target: screen() as PipeTarget<string>, items: ["a", "b"], arrived: () => got, told: () => told };
  });
  for (const { id, name, run } of checks) test(`${id} ${name}`, run);
});

describe("checkTarget finds", () => {
  /** A sender with something changed. */
  const bent = (change: (target: PipeTarget<string>) => Partial<PipeTarget<string>>) => (): TargetCase<string> => {
    const { sender, receiver } = channel<string>(4);
    const target: PipeTarget<string> = {
      send: (item) => sender.send(item),
      close: () => sender.close(),
      fail: (error) => sender.fail(error),
    };
    return caseOf({ ...target, ...change(target) }, receiver);
  };
  const broken: [string, () => TargetCase<string>, string[]][] = [
    ["one that does not close", bent(() => ({ close: () => {} })), ["TARGET-1", "TARGET-2"]],
    [
      "one that loses an item",
      bent((target) => ({ send: (item) => (item === "b" ? target.send("c") : target.send(item)) })),
      ["TARGET-1", "TARGET-3", "TARGET-4"],
    ],
    ["one that passes on another error", bent((t) => ({ fail: () => t.fail?.(new Error("other")) })), ["TARGET-3"]],
    ["one that is deaf to failures", bent(() => ({ fail: () => {} })), ["TARGET-3", "TARGET-4"]],
    [
      "one that throws",
      bent(() => ({
        send: (): Operation<unknown> => {
          throw new Error("no");
        },
      })),
      ["TARGET-1", "TARGET-3", "TARGET-4"],
    ],
  ];
  test.each(broken)("%s", (_name, make, ids) => {
    expect(failures(checkTarget(make)).map((name) => name.split(" ")[0])).toEqual(ids);
  });
});

test("a check says what it saw", () => {
  const [first] = checkSink(() => ({ make: sinkOf(map((n: number) => n)), items: [1, 2], gives: [1, 3] }));
  expect((thrownBy(() => first?.run()) as Error).message).toBe("items: expected [1, 3], saw [1, 2]");
});

test("shatter cuts in every way, and each way is the whole", () => {
  expect([...shatter("ab")]).toEqual([
    ["", "ab"],
    ["a", "b"],
    ["ab", ""],
    ["a", "b"],
    ["", "a", "", "b"],
  ]);
  expect([...shatter("")]).toEqual([["", ""], [], []]);
  for (const pieces of shatter(Uint8Array.of(1, 2, 3))) {
    expect(pieces.flatMap((piece) => [...piece])).toEqual([1, 2, 3]);
  }
});
