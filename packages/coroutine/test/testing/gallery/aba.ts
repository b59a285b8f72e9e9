/* One who takes the same value for the same state: it has changed, and changed back. */
import type { Operation } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

export const aba: Exhibit = {
  name: "ABA on a cache",
  within: 50,
  finding: /the stale value won/,
  *broken(root) {
    let [cache, edition] = ["old", 1];
    const refresh = function* (): Operation<void> {
      const [seen, read] = [cache, edition];
      for (let i = 0; i < 2; i++) yield* io(); // fetches the details
      if (cache === seen) cache = `details of ${seen}, edition ${read}`;
    };
    const edit = function* (): Operation<void> {
      yield* io();
      cache = "new";
      yield* io();
      [cache, edition] = ["old", 2]; // back again, in its second edition
    };
    yield* together(root, refresh, edit);
    must(!(edition === 2 && cache.endsWith("edition 1")), "the stale value won");
  },
  *fixed(root) {
    let [cache, edition, version] = ["old", 1, 0];
    const refresh = function* (): Operation<void> {
      const [seen, read, at] = [cache, edition, version]; // a version never comes back
      for (let i = 0; i < 2; i++) yield* io();
      if (version === at) cache = `details of ${seen}, edition ${read}`;
    };
    const edit = function* (): Operation<void> {
      yield* io();
      [cache, version] = ["new", version + 1];
      yield* io();
      [cache, edition, version] = ["old", 2, version + 1];
    };
    yield* together(root, refresh, edit);
    must(!(edition === 2 && cache.endsWith("edition 1")), "the stale value won");
  },
  async promises(io) {
    let [cache, edition] = ["old", 1];
    const refresh = async () => {
      const [seen, read] = [cache, edition];
      for (let i = 0; i < 2; i++) await io();
      if (cache === seen) cache = `details of ${seen}, edition ${read}`;
    };
    const edit = async () => {
      await io();
      cache = "new";
      await io();
      [cache, edition] = ["old", 2];
    };
    await Promise.all([refresh(), edit()]);
    must(!(edition === 2 && cache.endsWith("edition 1")), "the stale value won");
  },
};
