import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { EventLoop } from "../src/index.ts";
import { instrument } from "../src/instrument/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

type Told = (error: unknown, info: { readonly scheduledAt?: string; readonly name?: string }) => void;
const loops: Record<string, (onError: Told) => EventLoop | VirtualLoop> = {
  EventLoop: (onError) => new EventLoop({ onError, instrument: instrument({ debug: true }) }),
  VirtualLoop: (onError) => new VirtualLoop({ onError, debug: true }),
};

class Letter {
  readonly text = "hello";
  *[Symbol.iterator](): Generator<string> {
    yield this.text;
  }
}
class Parcel extends Letter {
  then(opened: (text: string) => void): void {
    opened(this.text);
  }
}

function make(loop: EventLoop | VirtualLoop, kind: typeof Letter, name: string): Letter {
  const thing = new kind();
  loop.expectUse?.(thing, name);
  return thing;
}

test.each(Object.keys(loops))(
  "%s in debug reports what was made and never used, and where it was made",
  async (kind) => {
    const reports: string[] = [];
    const loop = loops[kind]?.((error, { name, scheduledAt }) => {
      expect(name).toBe(/by (\w+)/.exec((error as Error).message)?.[1]);
      expect(scheduledAt).toMatch(/at make .*unused\.test\.ts/);
      reports.push(String(error));
    }) as EventLoop;
    await (async () => {
      make(loop, Letter, "forgotten");
      make(loop, Parcel, "neglected");
      expect([...make(loop, Letter, "read")]).toEqual(["hello"]);
      expect([...make(loop, Parcel, "opened")]).toEqual(["hello"]);
      expect(await make(loop, Parcel, "awaited")).toBe("hello");
      const twice = make(loop, Parcel, "twice");
      expect([...twice, ...twice, await twice, Object.keys(twice)]).toEqual(["hello", "hello", "hello", ["text"]]);
    })();
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(reports.sort()).toEqual([
      "UnusedError: Nothing was done by forgotten: it was made and never used; write `yield*` before it.",
      "UnusedError: Nothing was done by neglected: it was made and never used; write `yield*` or `await` before it.",
    ]);
  },
);

test("a loop without debug expects nothing", () => {
  expect([new EventLoop().expectUse, new VirtualLoop().expectUse]).toEqual([undefined, undefined]);
});
