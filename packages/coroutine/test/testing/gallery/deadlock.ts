/* Two who take the same two locks, each beginning with the other one. */
import { Lock, type Operation, scope, use } from "../../../src/index.ts";
import { type Exhibit, io, together } from "./exhibit.ts";
import { Mutex } from "./promise-tools.ts";

export const deadlock: Exhibit = {
  name: "deadlock of two locks",
  within: 20,
  finding: /Deadlock: .*\n(.*\n)*.*in a circle: [ab] → [ab] → [ab]/,
  *broken(root) {
    const [from, to] = [new Lock({ name: "from" }), new Lock({ name: "to" })];
    const transfer = (first: Lock, second: Lock) => () =>
      scope(function* (): Operation<void> {
        yield* io();
        yield* use(first);
        yield* io();
        yield* use(second);
      });
    yield* together(root, transfer(from, to), transfer(to, from));
  },
  *fixed(root) {
    const [from, to] = [new Lock({ name: "from" }), new Lock({ name: "to" })];
    const transfer = () =>
      scope(function* (): Operation<void> {
        yield* io();
        yield* use(from); // always in the same order
        yield* io();
        yield* use(to);
      });
    yield* together(root, transfer, transfer);
  },
  async promises(io) {
    const [from, to] = [new Mutex(), new Mutex()];
    const transfer = async (first: Mutex, second: Mutex) => {
      await io();
      const releaseFirst = await first.acquire();
      await io();
      const releaseSecond = await second.acquire();
      releaseSecond();
      releaseFirst();
    };
    await Promise.all([transfer(from, to), transfer(to, from)]);
  },
};
