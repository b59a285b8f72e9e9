import { describe, expect, test } from "vitest";
import { detectHost, type HostGlobals } from "../src/index.ts";

/** Globals that write down what is asked of them. */
function globals(extra: object = {}) {
  const asked: string[] = [];
  const note = (name: string) => (run?: unknown) => {
    asked.push(name);
    if (typeof run === "function" && name !== "setTimeout") run();
  };
  const base: HostGlobals = {
    performance: { now: () => 42 },
    queueMicrotask: note("queueMicrotask"),
    setTimeout: note("setTimeout"),
    clearTimeout: note("clearTimeout"),
  };
  return { asked, note, host: (more: object) => detectHost({ ...base, ...extra, ...more }), base };
}

describe("what a host offers decides how a macrotask is asked for", () => {
  const nothing = () => {};

  test("Node: setImmediate, before all others", () => {
    const { asked, note, host } = globals();
    host({ setImmediate: note("setImmediate"), scheduler: { postTask: note("postTask") } }).macrotask(nothing);
    expect(asked).toEqual(["setImmediate"]);
  });

  test("browsers and workers: scheduler.postTask where there is one", () => {
    const { asked, note, host } = globals();
    host({ scheduler: { postTask: note("postTask") } }).macrotask(nothing);
    expect(asked).toEqual(["postTask"]);
  });

  test("browsers without: a MessageChannel for each, closed when it has served", async () => {
    const { asked, host } = globals({ scheduler: {} });
    const channels: string[] = [];
    class Channel extends MessageChannel {
      constructor() {
        super();
        const index = channels.push("open") - 1;
        const { port1 } = this;
        port1.close = () => {
          channels[index] = "closed";
          MessagePort.prototype.close.call(port1);
        };
      }
    }
    const detected = host({ MessageChannel: Channel });
    const log: number[] = [];
    await new Promise<void>((resolve) => {
      detected.macrotask(() => log.push(1));
      detected.macrotask(() => log.push(2));
      detected.macrotask(resolve);
      expect(log).toEqual([]);
    });
    expect([log, asked, channels]).toEqual([[1, 2], [], ["closed", "closed", "closed"]]);
  });

  test("nothing else: setTimeout", () => {
    const { asked, host } = globals();
    host({}).macrotask(nothing);
    expect(asked).toEqual(["setTimeout"]);
  });
});

test("the rest goes where it should", () => {
  const { asked, host } = globals();
  const detected = host({});
  detected.clearTimer(detected.setTimer(() => {}, 5));
  expect([detected.now(), asked]).toEqual([42, ["setTimeout", "clearTimeout"]]);
});

test("a microtask runs when the job is over, in turn with promises, and before any macrotask", async () => {
  const detected = detectHost();
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    detected.macrotask(() => {
      log.push("macrotask");
      resolve();
    });
    detected.microtask(() => log.push("microtask"));
    void Promise.resolve().then(() => log.push("promise"));
    detected.microtask(() => log.push("another"));
    log.push("job");
  });
  expect(log).toEqual(["job", "microtask", "promise", "another", "macrotask"]);
});

test("a clock that is replaced later is the one that is read", () => {
  const performance = { now: () => 1 };
  const { base } = globals();
  const detected = detectHost({ ...base, performance });
  performance.now = () => 2;
  expect(detected.now()).toBe(2);
});

describe("an error that nobody handles", () => {
  const error = new Error("unhandled");

  test("goes to the host's reportError", () => {
    const seen: unknown[] = [];
    globals()
      .host({ reportError: (reported: unknown) => seen.push(reported) })
      .reportError(error);
    expect(seen).toEqual([error]);
  });

  test("is thrown in a microtask where there is none", () => {
    expect(() => globals().host({}).reportError(error)).toThrow(error); // this fake runs microtasks at once
  });
});
