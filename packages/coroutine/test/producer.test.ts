import { describe, expect, test } from "vitest";
import {
  type Answer,
  checkpoint,
  ENDED,
  Future,
  group,
  ITEM,
  type Operation,
  type Producer,
  produce,
  scope,
  shield,
  sleep,
  WAITS,
  type Wait,
  WouldBlockError,
} from "../src/index.ts";
import { ending, lab, read, tell, thrown } from "./support.ts";

const names: Record<Answer, string> = { [ITEM]: "ITEM", [WAITS]: "WAITS", [ENDED]: "ENDED" };
const forever = (): Operation<void> => sleep(Number.POSITIVE_INFINITY);

/** Runs `use` with a producer of `body` in a group of its own, whose readiness is logged. */
function withProducer(
  here: ReturnType<typeof lab>,
  body: () => Generator<string | Wait, string, unknown>,
  use: (p: Producer<string, string>, ask: (value?: unknown) => string) => Operation<unknown>,
): string {
  return here.play(() =>
    group(function* (g) {
      const p: Producer<string, string> = produce(g, body, {
        name: "source",
        onReady: () => here.say(`ready ${p.item ?? read(p)}`),
      });
      ending(p);
      yield* use(p, (value) => {
        const answer = p.ask(value);
        return answer === ITEM ? `ITEM ${p.item}` : (names[answer] as string);
      });
    }),
  );
}

describe("P1 ask", () => {
  test("P1 gives ITEM in the asker's stack while it does not wait, then ENDED for ever", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        here.say(`got ${tell(yield "a")}`);
        yield "b";
        return "result";
      },
      function* (p, ask) {
        for (let i = 0; i < 4; i++) here.say(ask(`value ${i}`));
        here.say(read(p));
      },
    );
    expect(here.log).toEqual(["0 ITEM a", "0 got value 1", "0 ITEM b", "0 ENDED", "0 ENDED", "0 fulfilled result"]);
  });

  test("P1 after WAITS, onReady is called once, with an item or at the end, never in the asker's stack", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        yield* checkpoint();
        yield "a";
        yield* sleep(5);
        return "result";
      },
      function* (_, ask) {
        here.say(ask());
        here.say("asked");
        yield* sleep(1);
        here.say(ask());
        yield* sleep(10);
        here.say(ask());
      },
    );
    expect(here.log).toEqual(["0 WAITS", "0 asked", "0 ready a", "1 WAITS", "6 ready fulfilled result", "11 ENDED"]);
  });

  test("P1 an error of its body is in the outcome, and ask gives ENDED", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        yield "a";
        throw new Error("broken");
      },
      function* (p, ask) {
        here.say(ask());
        here.say(ask());
        here.say(read(p));
      },
    );
    expect(here.log).toEqual(["0 ITEM a", "0 ENDED", "0 rejected Error: broken"]);
  });

  test("P1 askThrow throws at its yield", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        try {
          yield "a";
        } catch (error) {
          yield tell(error);
        }
        return "";
      },
      function* (p, ask) {
        ask();
        p.askThrow(new Error("in"));
        here.say(`${p.item}`);
      },
    );
    expect(here.log).toEqual(["0 Error: in"]);
  });
});

test("P2 to ask again before the answer has come throws WouldBlockError and changes nothing", () => {
  const here = lab();
  withProducer(
    here,
    function* () {
      yield* sleep(5);
      here.say(`got ${tell(yield "a")}`);
      return "";
    },
    function* (p, ask) {
      here.say(ask());
      for (const again of [() => p.ask("lost"), () => p.askThrow(new Error("lost"))])
        expect(thrown(again)).toBeInstanceOf(WouldBlockError);
      yield* sleep(10);
      here.say(ask("kept"));
    },
  );
  expect(here.log).toEqual(["0 WAITS", "5 ready a", "10 got kept", "10 ENDED"]);
});

describe("P3 cancel", () => {
  test("P3 throws CancelledError at its yield; join() ends when its finallys have run, however long they wait", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        try {
          yield "a";
          here.say("not reached");
        } finally {
          yield* sleep(5);
          here.say("finally");
        }
        return "";
      },
      function* (p, ask) {
        ask();
        p.cancel("enough");
        here.say(tell(yield* p.join()));
      },
    );
    expect(here.log).toEqual(["5 finally", '5 {"status":"cancelled","reason":"enough"}']);
  });

  test("P3 at its wait, too, and whoever asked is told of the end", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        try {
          yield* forever();
        } finally {
          here.say("finally");
        }
        return "";
      },
      function* (p, ask) {
        here.say(ask());
        p.cancel("enough");
        yield* p.join();
      },
    );
    expect(here.log).toEqual(["0 WAITS", "0 finally", "0 ready cancelled enough"]);
  });

  test("P3 asked between a cancel from further out and its end, it answers WAITS, and tells of the end", () => {
    for (const early of [true, false]) {
      const here = lab();
      const end = here.play(() =>
        group(function* (g) {
          const p: Producer<string, string> = produce(
            g,
            function* () {
              try {
                yield "a";
              } finally {
                yield* sleep(5);
              }
              return "";
            },
            { name: "source", onReady: () => here.say(`ready ${read(p)}`) },
          );
          ending(p);
          expect(p.ask()).toBe(ITEM);
          g.cancel("enough");
          if (!early) yield* shield(() => sleep(1)); // it is cleaning up by now
          expect(p.ask()).toBe(WAITS);
          expect(thrown(() => p.ask())).toBeInstanceOf(WouldBlockError);
        }),
      );
      expect(end).toBe("fulfilled undefined");
      expect(here.log).toEqual(["5 ready cancelled enough"]);
    }
  });

  test("P3 items yielded after that are dropped, and the throw is repeated, 16 times; then it is ended by force and reported", () => {
    const here = lab({ reports: true });
    let throws = 0;
    withProducer(
      here,
      function* () {
        for (;;) {
          try {
            yield "item";
          } catch {
            throws++;
          }
        }
      },
      function* (p, ask) {
        here.say(ask());
        p.cancel("enough");
        yield* p.join();
        here.say(`${throws} throws, ${read(p)}`);
      },
    );
    expect(here.log).toEqual(["0 ITEM item", "0 17 throws, cancelled enough"]);
    expect(here.reports).toEqual([expect.stringMatching(/^task ended by force, source: /)]);
  });

  test("P3 one whose finally yields for ever is abandoned after 16 returns, and reported as such", () => {
    const here = lab({ reports: true });
    let p: Producer<string, string> | undefined;
    withProducer(
      here,
      function* () {
        for (;;) {
          try {
            yield "item";
          } finally {
            if (p?.phase !== "ended") continue;
          }
          here.say("not reached");
        }
      },
      function* (made, ask) {
        p = made;
        ask();
        p.cancel("enough");
        yield* p.join();
        here.say(read(p));
      },
    );
    expect(here.log).toEqual(["0 cancelled enough"]);
    expect(here.reports).toEqual([expect.stringMatching(/^task abandoned, source: /)]);
  });

  test("P3 close() throws at once, in the closer's stack", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        try {
          yield "a";
        } finally {
          here.say("finally");
        }
        return "";
      },
      function* (p, ask) {
        ask();
        p.close("now");
        here.say(read(p));
      },
    );
    expect(here.log).toEqual(["0 finally", "0 cancelled now"]);
  });

  test("P3 a cancelled group ends its producers where they stand", () => {
    const here = lab();
    const end = here.play(() =>
      group(
        function* (g) {
          const p = produce(
            g,
            function* (): Generator<string | Wait, void, unknown> {
              try {
                yield "a";
              } finally {
                yield* sleep(5);
                here.say("finally");
              }
            },
            { onReady: () => here.say("not reached") },
          );
          p.ask();
          g.cancel("all");
          yield* forever();
          return "not reached";
        },
        { onCancel: () => "over" },
      ),
    );
    expect([end, ...here.log]).toEqual(["fulfilled over", "5 finally"]);
  });
});

describe("P4 never asked", () => {
  test("P4 one that was never asked ends at once when it is cancelled: its body never starts", () => {
    const here = lab();
    withProducer(
      here,
      function* () {
        here.say("not reached");
        return "";
      },
      function* (p, ask) {
        p.cancel("unused");
        here.say(read(p));
        here.say(ask());
      },
    );
    expect(here.log).toEqual(["0 cancelled unused", "0 ENDED"]);
  });

  test("P4 so do ten thousand when their group ends", () => {
    const here = lab();
    const end = here.play(() =>
      group(function* (g) {
        function* never(): Generator<string, void, unknown> {
          here.say("not reached");
        }
        for (let i = 0; i < 10_000; i++) produce(g, never, { onReady() {} });
      }),
    );
    expect([end, ...here.log]).toEqual(["fulfilled undefined"]);
  });

  test("P4 one that was asked in a cancelled group for the first time is ended, not started", () => {
    const here = lab();
    here.play(() =>
      group(
        function* (g) {
          g.cancel();
          const p = produce(
            g,
            function* (): Generator<string, void, unknown> {
              here.say("not reached");
            },
            { onReady() {} },
          );
          here.say(names[p.ask()] as string);
          yield* checkpoint();
        },
        { onCancel() {} },
      ),
    );
    expect(here.log).toEqual(["0 ENDED"]);
  });
});

test("a producer's waits are driven by the loop: its futures wake it, and it keeps no waiter behind when it is cancelled", () => {
  const here = lab();
  const { future } = Future.withResolvers<void>({ loop: here.loop });
  withProducer(
    here,
    function* () {
      yield* scope(function* (): Operation<void> {
        yield* future;
      });
      return "";
    },
    function* (p, ask) {
      here.say(ask());
      expect(future.firstWaiter).toBe(p);
      p.cancel();
      expect(future.firstWaiter).toBeNull();
      yield* p.join();
    },
  );
  expect(here.log).toEqual(["0 WAITS", "0 ready cancelled undefined"]);
});
