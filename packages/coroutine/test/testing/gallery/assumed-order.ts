/* One sibling uses what another one, surely faster, has made ready. */
import { Event, type Operation } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

export const assumedOrder: Exhibit = {
  name: "order assumed between siblings",
  within: 20,
  finding: /config was not there/,
  *broken(root) {
    let config: string | undefined;
    const load = function* (): Operation<void> {
      yield* io();
      config = "loaded";
    };
    const serve = function* (): Operation<void> {
      for (let i = 0; i < 2; i++) yield* io();
      must(config !== undefined, "config was not there");
    };
    yield* together(root, load, serve);
  },
  *fixed(root) {
    let config: string | undefined;
    const loaded = new Event({ name: "loaded" });
    const load = function* (): Operation<void> {
      yield* io();
      config = "loaded";
      loaded.set();
    };
    const serve = function* (): Operation<void> {
      for (let i = 0; i < 2; i++) yield* io();
      yield* loaded.wait();
      must(config !== undefined, "config was not there");
    };
    yield* together(root, load, serve);
  },
  async promises(io) {
    let config: string | undefined;
    const load = async () => {
      await io();
      config = "loaded";
    };
    const serve = async () => {
      for (let i = 0; i < 2; i++) await io();
      must(config !== undefined, "config was not there");
    };
    await Promise.all([load(), serve()]);
  },
};
