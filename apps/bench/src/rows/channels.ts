import { type Operation, run } from "@skein/coroutine";
import { channel } from "@skein/stream";
import { perOperation, type Row } from "../measure.ts";

const ITEMS = 100_000;
const WEB = 20_000;

const throughChannel = (capacity: number) => (): Promise<number> =>
  perOperation(ITEMS, () =>
    run(function* (root): Operation<void> {
      const { sender, receiver } = channel<number>(capacity);
      root.spawn(function* () {
        for (let i = 0; i < ITEMS; i++) yield* sender.send(i);
        sender.close();
      });
      root.spawn(function* () {
        while (!(yield* receiver.receive()).done);
      });
    }),
  );
const transform = (capacity: number) => (): Promise<number> =>
  perOperation(WEB, async () => {
    const { writable, readable } = new TransformStream<number, number>(
      undefined,
      { highWaterMark: capacity },
      { highWaterMark: 0 },
    );
    const writer = writable.getWriter();
    const reader = readable.getReader();
    const write = async (): Promise<void> => {
      for (let i = 0; i < WEB; i++) {
        if (capacity === 0) await writer.write(i);
        else {
          await writer.ready;
          writer.write(i);
        }
      }
      await writer.close();
    };
    const read = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    await Promise.all([write(), read()]);
  });

export const channelRows: readonly Row[] = [
  {
    id: "channel",
    what: "one item through a channel of 64",
    unit: "ns",
    must: [{ most: 60 }, { peer: "webstreams", max: 0.1 }],
    systems: { skein: throughChannel(64), webstreams: transform(64) },
  },
  {
    id: "channel-0",
    what: "one item through a channel of 0, a rendezvous",
    unit: "ns",
    must: [{ most: 350 }, { peer: "webstreams", max: 0.1 }],
    systems: { skein: throughChannel(0), webstreams: transform(0) },
  },
];
