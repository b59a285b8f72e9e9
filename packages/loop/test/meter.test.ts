import { expect, test } from "vitest";
import { type Histogram, Meter } from "../src/meter/index.ts";
import { makeLoop } from "./support/make-loop.ts";

/** The buckets that are not empty, by their bound. */
const filled = ({ boundsMs, counts }: Histogram) =>
  counts.flatMap((count, i) => (count > 0 ? [[boundsMs[i], count]] : []));

test("a meter knows lag, pass lengths and the longest callback by name", () => {
  const meter = new Meter();
  const { host, loop } = makeLoop({ meter });
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
  expect(timing).toEqual(meter.timing());
  expect(timing?.longest).toEqual({ name: "parse(answer)", ms: 100 });
  expect(filled(timing?.lag as Histogram)).toEqual([
    [1 / 64, 1],
    [4, 1],
    [128, 1],
  ]);
  expect(filled(timing?.passes as Histogram)).toEqual([[128, 1]]);
});

test("a timer's lag is how late it fires", () => {
  const meter = new Meter();
  const { host, loop } = makeLoop({ meter });
  loop.callLater(10, () => {});
  host.settle();
  host.nowMs = 15;
  host.advance(0);
  host.advance(10);
  expect(filled(meter.timing().lag)).toEqual([[8, 1]]);
});

test("the last bucket takes whatever is longer", () => {
  const meter = new Meter();
  meter.ran("slow", 1e9, 1e9);
  meter.ran("fast", -1, 0);
  expect(filled(meter.timing().lag)).toEqual([
    [1 / 64, 1],
    [Number.POSITIVE_INFINITY, 1],
  ]);
});
