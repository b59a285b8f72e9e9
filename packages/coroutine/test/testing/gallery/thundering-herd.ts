/* Many who see at the same moment that something has expired, and all fetch it. */
import { Lock, type Operation, scope, use } from "../../../src/index.ts";
import { type Exhibit, io, must, together } from "./exhibit.ts";

export const thunderingHerd: Exhibit = {
  name: "thundering herd on expiry",
  within: 20,
  finding: /[23] requests at once/,
  *broken(root) {
    let expired = true;
    let requests = 0;
    const read = function* (): Operation<void> {
      if (!expired) return;
      requests++;
      yield* io();
      expired = false;
    };
    yield* together(root, read, read, read);
    must(requests === 1, `${requests} requests at once`);
  },
  *fixed(root) {
    let expired = true;
    let requests = 0;
    const refreshing = new Lock();
    const read = () =>
      scope(function* (): Operation<void> {
        yield* use(refreshing);
        if (!expired) return; // somebody else has, meanwhile
        requests++;
        yield* io();
        expired = false;
      });
    yield* together(root, read, read, read);
    must(requests === 1, `${requests} requests at once`);
  },
  async promises(io) {
    let expired = true;
    let requests = 0;
    const read = async () => {
      if (!expired) return;
      requests++;
      await io();
      expired = false;
    };
    await Promise.all([read(), read(), read()]);
    must(requests === 1, `${requests} requests at once`);
  },
};
