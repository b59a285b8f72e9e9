/* Two who close the same thing, which waits before it is closed. */
import type { Operation } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

export const doubleClose: Exhibit = {
  name: "double close",
  within: 20,
  finding: /closed 2 times/,
  *broken(root) {
    let open = true;
    let closed = 0;
    const close = function* (): Operation<void> {
      if (!open) return;
      yield* io(); // flushes
      open = false;
      closed++;
    };
    yield* together(root, close, close);
    must(closed === 1, `closed ${closed} times`);
  },
  *fixed(root) {
    let open = true;
    let closed = 0;
    const close = function* (): Operation<void> {
      if (!open) return;
      open = false; // before anything that waits
      yield* io();
      closed++;
    };
    yield* together(root, close, close);
    must(closed === 1, `closed ${closed} times`);
  },
  async promises(io) {
    let open = true;
    let closed = 0;
    const close = async () => {
      if (!open) return;
      await io();
      open = false;
      closed++;
    };
    await Promise.all([close(), close()]);
    must(closed === 1, `closed ${closed} times`);
  },
};
