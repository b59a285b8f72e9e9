import { checkAwaitable } from "@skein/future/testing";
import { describe, expect, test } from "vitest";
import { Event, sleep } from "../../src/index.ts";
import { caught, lab, tell } from "../support.ts";

describe("an event", () => {
  test("SYNC-012 set and cleared at once still wakes who waits", () => {
    const { play, log, say } = lab();
    const event = new Event();
    play(function* (root) {
      for (const name of ["a", "b"]) {
        root.spawn(
          function* () {
            yield* event.wait();
            say(`${name} woke, set: ${event.isSet}`);
          },
          { eager: true },
        );
      }
      event.set();
      event.clear();
      root.spawn(
        function* late() {
          yield* event.wait();
          say("late woke");
        },
        { eager: true },
      );
      yield* sleep(1);
      event.set();
      event.set();
    });
    expect(log).toEqual(["0 a woke, set: false", "0 b woke, set: false", "1 late woke"]);
  });

  test("SYNC-013 set and then its group cancelled: the waiter wakes with success; cancelled first: it is cancelled", () => {
    for (const [first, expected] of [
      ["set", "woke"],
      ["cancel", "CancelledError over"],
    ] as const) {
      const { play, log, say } = lab();
      const event = new Event();
      play(function* (root) {
        root.spawn(
          function* () {
            try {
              yield* event.wait();
              say("woke");
            } catch (error) {
              say(tell(error));
            }
          },
          { eager: true },
        );
        if (first === "set") event.set();
        root.cancel("over");
        event.set();
      });
      expect(log).toEqual([`0 ${expected}`]);
    }
  });

  test("does not hold anybody up while it is set, and is a cancellation point all the same", () => {
    const { play, log, say } = lab();
    const event = new Event();
    event.set();
    play(function* (root) {
      yield* event.wait();
      say("through");
      root.cancel("over");
      say(tell(yield* caught(() => event.wait())));
    });
    expect(log).toEqual(["0 through", "0 CancelledError over"]);
  });

  test("DEBUG-021 shows whether it is set and how many wait", () => {
    const { play } = lab();
    const event = new Event({ name: "go" });
    play(function* (root) {
      root.spawn(() => event.wait(), { eager: true });
      expect([event.statistics(), event.describe()]).toEqual([{ isSet: false, waiting: 1 }, 'event "go"']);
      event.set();
      expect(event.statistics()).toEqual({ isSet: true, waiting: 0 });
    });
  });
});

describe("waiting for an event keeps the rules of awaitables", () => {
  for (const { id, name, run } of checkAwaitable(() => {
    const event = new Event();
    return { operation: () => event.wait(), provide: () => event.set() };
  })) {
    if (name.startsWith("waiters may leave")) continue; // wakes all of them
    test(`${id} ${name}`, run);
  }
});
