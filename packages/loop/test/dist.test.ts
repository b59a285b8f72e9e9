import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

// By their paths, so that a stale build in node_modules cannot stand in for this one.
const main = await import("../dist/index.js");
const testing = await import("../dist/testing.js");
const { instrument, ...others } = await import("../dist/instrument.js");
const node = await import("../dist/node.js");

describe("the built package", () => {
  test("exports what it should, and no more", () => {
    expect(Object.keys(main).sort()).toEqual([
      "EventLoop",
      "LoopError",
      "currentScheduler",
      "detectHost",
      "getEventLoop",
      "runWithScheduler",
    ]);
    expect(Object.keys(testing).sort()).toEqual(["VirtualLoop", "checkScheduler", "seededRandom"]);
    expect([typeof instrument, Object.keys(others)]).toEqual(["function", ["UnusedError"]]);
    expect(Object.keys(node)).toEqual(["asyncContext"]);
  });

  test("runs", async () => {
    const loop = new main.EventLoop({ instrument: instrument({ meter: true, context: node.asyncContext }) });
    const value = await loop.runUntilComplete(
      new Promise<string>((resolve) => void loop.callLater(1, resolve, "value")),
    );
    expect([value, loop.metrics().callbacksRun]).toEqual(["value", 1]);
  });

  test("its entries share one state: a VirtualLoop is the current scheduler of the main entry", () => {
    const loop = new testing.VirtualLoop();
    let inside: unknown;
    loop.callSoon(() => {
      inside = main.currentScheduler();
    });
    loop.runUntilIdle();
    expect(inside).toBe(loop);
  });

  for (const check of testing.checkScheduler((onError) => new testing.VirtualLoop({ onError }))) {
    test(check.name, check.run);
  }
});

describe("a process of its own", () => {
  const entry = fileURLToPath(new URL("../dist/index.js", import.meta.url));
  const run = (code: string) =>
    promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", `import { getEventLoop } from "${entry}"; ${code}`],
      {
        timeout: 20_000,
      },
    );

  test("L7 ends when its loop is idle, and not before its timers have fired", async () => {
    const code = `
      const loop = getEventLoop();
      loop.callSoon(console.log, "soon");
      loop.callLater(5, console.log, "timer");
      loop.callLater(1e9, console.log, "cancelled").cancel();
      loop.callLater(Infinity, console.log, "never");
      loop.hold("for ever");`;
    expect((await run(code)).stdout).toBe("soon\ntimer\n");
  });

  test.each(["MessageChannel", "setTimeout"])("L7 ends also where %s is the way to a macrotask", async (way) => {
    const code = `
      delete globalThis.setImmediate;
      delete globalThis.scheduler;
      if ("${way}" === "setTimeout") delete globalThis.MessageChannel;
      const { getEventLoop } = await import("${entry}");
      const loop = getEventLoop();
      let turned = false; // starved, it runs into the time-out below
      setTimeout(() => { turned = true; }, 1);
      loop.callSoon(function turn() {
        if (!turned) return loop.callSoon(turn);
        console.log("the host had its turn");
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
      timeout: 20_000,
    });
    expect(stdout).toBe("the host had its turn\n");
  });

  test("L5 an error that nobody handles ends it as any uncaught error does, told once", async () => {
    const error = await run(`getEventLoop().callSoon(() => { throw new Error("boom"); });`).catch((failed) => failed);
    expect(error.code).toBe(1);
    expect(error.stderr.match(/Error: boom/g)).toHaveLength(1);
  });

  test("L5 process.on('uncaughtException') gets it once, and the loop goes on", async () => {
    const code = `
      process.on("uncaughtException", (error) => console.log("uncaught", error.message));
      getEventLoop().callSoon(() => { throw new Error("boom"); });
      getEventLoop().callSoon(console.log, "next");
      getEventLoop().callLater(5, console.log, "timer");`;
    expect((await run(code)).stdout).toBe("uncaught boom\nnext\ntimer\n");
  });
});
