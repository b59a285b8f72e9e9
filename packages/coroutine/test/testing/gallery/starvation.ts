/* Two who try again and again whether something is free: whoever looks first has it, and one of them may never. */
import { Lock, type Operation } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

/** How often each of them wants it, and how often it may be passed over while it waits. */
const [ROUNDS, PATIENCE] = [3, 1];

export const starvation: Exhibit = {
  name: "unfair starvation",
  within: 50,
  finding: /passed over [23] times/,
  *broken(root) {
    let free = true;
    const turns = { a: 0, b: 0 };
    const worker = (me: "a" | "b", other: "a" | "b") =>
      function* (): Operation<void> {
        for (let round = 0; round < ROUNDS; round++) {
          const before = turns[other];
          while (!free) yield* io();
          free = false;
          const passedOver = turns[other] - before;
          must(passedOver <= PATIENCE, `passed over ${passedOver} times`);
          yield* io();
          free = true;
          turns[me]++;
          yield* io();
        }
      };
    yield* together(root, worker("a", "b"), worker("b", "a"));
  },
  *fixed(root) {
    const lock = new Lock();
    const turns = { a: 0, b: 0 };
    const worker = (me: "a" | "b", other: "a" | "b") =>
      function* (): Operation<void> {
        for (let round = 0; round < ROUNDS; round++) {
          const before = turns[other];
          yield* lock.acquire(); // first come, first served
          const passedOver = turns[other] - before;
          must(passedOver <= PATIENCE, `passed over ${passedOver} times`);
          yield* io();
          lock.release();
          turns[me]++;
          yield* io();
        }
      };
    yield* together(root, worker("a", "b"), worker("b", "a"));
  },
  async promises(io) {
    let free = true;
    const turns = { a: 0, b: 0 };
    const worker = async (me: "a" | "b", other: "a" | "b") => {
      for (let round = 0; round < ROUNDS; round++) {
        const before = turns[other];
        while (!free) await io();
        free = false;
        const passedOver = turns[other] - before;
        must(passedOver <= PATIENCE, `passed over ${passedOver} times`);
        await io();
        free = true;
        turns[me]++;
        await io();
      }
    };
    await Promise.all([worker("a", "b"), worker("b", "a")]);
  },
};
