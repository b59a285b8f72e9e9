import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import type { ContextHook } from "../src/index.ts";
import { instrument } from "../src/instrument/index.ts";
import { asyncContext } from "../src/node/index.ts";
import { makeLoop } from "./support/make-loop.ts";

describe("asyncContext", () => {
  const user = new AsyncLocalStorage<string>();

  test("a callback sees the values of where it was scheduled, timers too", () => {
    const { host, loop, log } = makeLoop({ instrument: instrument({ context: asyncContext }) });
    const note = () => log.push(user.getStore());
    user.run("ada", () => {
      loop.callSoon(note);
      loop.callLater(1, note);
    });
    user.run("bob", () => loop.callSoon(note));
    loop.callSoon(note);
    host.advance(1);
    expect(log).toEqual(["ada", "bob", undefined, "ada"]);
  });

  test("a value that one job sets is never seen by another", () => {
    const { host, loop, log } = makeLoop({ instrument: instrument({ context: asyncContext }) });
    const job = (name: string) => {
      log.push(user.getStore());
      user.enterWith(name);
      loop.callSoon(() => log.push(user.getStore()));
    };
    for (const name of ["ada", "bob", "eve"]) loop.callSoon(job, name);
    host.settle();
    expect(log).toEqual([undefined, undefined, undefined, "ada", "bob", "eve"]);
  });

  test("LOOP-015 the error handler sees what the failing callback had set", () => {
    const seen: unknown[] = [];
    const { host, loop } = makeLoop({
      instrument: instrument({ context: asyncContext }),
      onError: () => seen.push(user.getStore()),
    });
    loop.callSoon(() => {
      user.enterWith("ada");
      throw new Error("fails");
    });
    loop.callSoon(() => seen.push(user.getStore()));
    host.settle();
    expect(seen).toEqual(["ada", undefined]);
  });

  test("bind keeps the values of now for a callback that another job calls", () => {
    const { host, loop, log } = makeLoop({ instrument: instrument({ context: asyncContext }) });
    const note = user.run("ada", () => loop.bind?.((n: number) => log.push([user.getStore(), n])));
    user.run("bob", () => loop.callSoon(note as (n: number) => void, 5));
    host.settle();
    expect([log, makeLoop().loop.bind]).toEqual([[["ada", 5]], undefined]);
    const error = new Error("thrown inside");
    const fail = () => {
      throw error;
    };
    expect(loop.bind?.(fail)).toThrow(error);
  });

  test("what is to run after the host's microtasks takes along what was captured when it was given, by a hook of one's own too", () => {
    let current = "nobody";
    const context: ContextHook<string> = {
      capture: () => current,
      run(captured, body) {
        const outer = current;
        current = captured;
        body();
        current = outer;
      },
    };
    const { host, loop, log } = makeLoop({ instrument: instrument({ context }) });
    for (const name of ["ada", "bob"]) {
      current = name;
      loop.callAfterMicrotasks((n: number) => log.push([current, n]), 5);
    }
    current = "nobody";
    host.settle();
    expect([log, current]).toEqual([
      [
        ["ada", 5],
        ["bob", 5],
      ],
      "nobody",
    ]);
  });

  test("without it a callback sees what its waker saw: that is what it is for", () => {
    const { host, loop, log } = makeLoop();
    user.run("ada", () => loop.callSoon(() => log.push(user.getStore())));
    user.run("bob", () => host.settle());
    expect(log).toEqual(["bob"]);
  });
});
