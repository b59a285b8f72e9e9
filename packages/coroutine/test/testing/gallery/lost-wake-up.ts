/* One who looks, and then waits to be woken: in between the bell has rung. */
import { type Operation, ParkingLot } from "../../../src/index.ts";
import { type Exhibit, io, together } from "./exhibit.ts";
import { Bell } from "./promise-tools.ts";

export const lostWakeUp: Exhibit = {
  name: "lost wake-up",
  within: 30,
  finding: /Deadlock: /,
  *broken(root) {
    const bell = new ParkingLot({ name: "bell" });
    let mail = 0;
    const reader = function* (): Operation<void> {
      if (mail === 0) {
        yield* io(); // between looking and waiting the bell may ring
        yield* bell.park();
      }
    };
    const writer = function* (): Operation<void> {
      yield* io();
      mail++;
      bell.unpark();
    };
    yield* together(root, reader, writer);
  },
  *fixed(root) {
    const bell = new ParkingLot({ name: "bell" });
    let mail = 0;
    const reader = function* (): Operation<void> {
      yield* io();
      while (mail === 0) yield* bell.park(); // nothing between looking and waiting
    };
    const writer = function* (): Operation<void> {
      yield* io();
      mail++;
      bell.unpark();
    };
    yield* together(root, reader, writer);
  },
  async promises(io) {
    const bell = new Bell();
    let mail = 0;
    const reader = async () => {
      if (mail === 0) {
        await io();
        await bell.wait();
      }
    };
    const writer = async () => {
      await io();
      mail++;
      bell.ring();
    };
    await Promise.all([reader(), writer()]);
  },
};
