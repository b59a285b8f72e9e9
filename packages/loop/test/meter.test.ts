import { expect, test } from "vitest";
import { type Histogram, instrument } from "../src/instrument/index.ts";
import { Meter } from "../src/instrument/meter.ts";
import { makeLoop } from "./support/make-loop.ts";

/** The buckets that are not empty, by their bound. */
const filled = ({ boundsMs, counts }: Histogram) =>
  counts.flatMap((count, i) => (count > 0 ? [[boundsMs[i], count]] : []));

test("a meter knows lag, pass lengths and the longest callback by name", () => {
  const { host, loop } = makeLoop({ instrument: instrument({ meter: true }) });
  const work = (ms: number) => {
    host.nowMs += ms;
  };
  loop.callSoon(work, 3);
  loop.callSoon(
    function parse(_: { name: string }) {
      host.nowMs += 100;
    },
    { name: "answer" },
  );
  loop.callSoon(work, 0);
  host.settle();
  const timing = loop.metrics().timing;
  expect(timing?.longest).toEqual({ name: "parse(answer)", ms: 100 });
  expect(filled(timing?.lag as Histogram)).toEqual([
    [1 / 64, 1],
    [4, 1],
    [128, 1],
  ]);
  expect(filled(timing?.passes as Histogram)).toEqual([[128, 1]]);
});

test("a timer's lag is how late it fires", () => {
  const { host, loop } = makeLoop({ instrument: instrument({ meter: true }) });
  loop.callLater(10, () => {});
  host.settle();
  host.nowMs = 15;
  host.advance(0);
  host.advance(10);
  expect(filled(loop.metrics().timing?.lag as Histogram)).toEqual([[8, 1]]);
});

test("the last bucket takes whatever is longer", () => {
  const meter = new Meter();
  meter.ran("slow", 0, 1e9, 2e9);
  meter.ran("fast", 1, 0, 0);
  expect(filled(meter.timing().lag)).toEqual([
    [1 / 64, 1],
    [Number.POSITIVE_INFINITY, 1],
  ]);
});

test("a pass is what was ready when it began: what it schedules is in the next, and so is a timer", () => {
  const { host, loop } = makeLoop({ instrument: instrument({ meter: true }) });
  const work = (ms: number) => {
    host.nowMs += ms;
  };
  loop.callSoon(() => {
    work(1);
    loop.callSoon(work, 10);
  });
  loop.callSoon(work, 1);
  loop.callLater(1_000, work, 50);
  host.advance(2_000);
  expect(filled(loop.metrics().timing?.passes as Histogram)).toEqual([
    [4, 1],
    [16, 1],
    [64, 1],
  ]);
});

test("a context that is none is refused", () => {
  for (const context of [null, 5, {}])
    expect(() => instrument({ context: context as never })).toThrow(/^Cannot instrument a loop: context.capture is /);
});
