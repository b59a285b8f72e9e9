/* Two who look whether something is there, and both make it. */
import type { Operation } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

export const checkThenAct: Exhibit = {
  name: "check, then act",
  within: 20,
  finding: /made 2 times/,
  *broken(root) {
    let made = 0;
    let cached: string | undefined;
    const get = function* (): Operation<string> {
      if (cached === undefined) {
        made++;
        yield* io();
        cached = "connection";
      }
      return cached;
    };
    yield* together(root, get, get);
    must(made === 1, `made ${made} times`);
  },
  *fixed(root) {
    let made = 0;
    const task = root.spawn(function* (): Operation<string> {
      made++;
      yield* io();
      return "connection";
    });
    const get = () => task; // everybody waits for the one that is on its way
    yield* together(root, get, get);
    must(made === 1, `made ${made} times`);
  },
  async promises(io) {
    let made = 0;
    let cached: string | undefined;
    const get = async () => {
      if (cached === undefined) {
        made++;
        await io();
        cached = "connection";
      }
      return cached;
    };
    await Promise.all([get(), get()]);
    must(made === 1, `made ${made} times`);
  },
};
