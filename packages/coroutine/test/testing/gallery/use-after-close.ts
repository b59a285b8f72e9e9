/* One who closes what another one surely does not need any more. */
import type { Operation } from "../../../src/index.ts";
import { type Exhibit, io, must } from "./exhibit.ts";

export const useAfterClose: Exhibit = {
  name: "use after close",
  within: 20,
  finding: /wrote to a closed file/,
  *broken(root) {
    let open = true;
    const write = function* (): Operation<void> {
      for (let i = 0; i < 3; i++) {
        must(open, "wrote to a closed file");
        yield* io();
      }
    };
    root.spawn(write, { name: "writer" });
    for (let i = 0; i < 4; i++) yield* io(); // surely it has written by now
    open = false;
  },
  *fixed(root) {
    let open = true;
    const write = function* (): Operation<void> {
      for (let i = 0; i < 3; i++) {
        must(open, "wrote to a closed file");
        yield* io();
      }
    };
    const writer = root.spawn(write, { name: "writer" });
    for (let i = 0; i < 4; i++) yield* io();
    yield* writer; // knows
    open = false;
  },
  async promises(io) {
    let open = true;
    const write = async () => {
      for (let i = 0; i < 3; i++) {
        must(open, "wrote to a closed file");
        await io();
      }
    };
    const writer = write();
    writer.catch(() => {}); // it is waited for below
    for (let i = 0; i < 4; i++) await io();
    open = false;
    await writer;
  },
};
