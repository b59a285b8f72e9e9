/* One who gives back what it has taken, but not if it is cancelled. */
import { type Operation, Semaphore, scope, use } from "../../../src/index.ts";
import { type Exhibit, io, must } from "./exhibit.ts";
import { Pool } from "./promise-tools.ts";

export const leakOnCancel: Exhibit = {
  name: "leak on cancel",
  within: 30,
  finding: /Leak: .*\n\s*permits "pool \(1 missing\)"/,
  *broken(root) {
    const pool = new Semaphore(1, { name: "pool" });
    const query = function* (): Operation<void> {
      yield* pool.acquire();
      for (let i = 0; i < 2; i++) yield* io();
      pool.release();
    };
    const task = root.spawn(query, { name: "query", onError: "owner" });
    for (let i = 0; i < 4; i++) yield* io();
    task.cancel();
    yield* task.join();
  },
  *fixed(root) {
    const pool = new Semaphore(1, { name: "pool" });
    const query = () =>
      scope(function* (): Operation<void> {
        yield* use(pool);
        for (let i = 0; i < 2; i++) yield* io();
      });
    const task = root.spawn(query, { name: "query", onError: "owner" });
    for (let i = 0; i < 4; i++) yield* io();
    task.cancel();
    yield* task.join();
  },
  async promises(io) {
    const pool = new Pool(1);
    const query = async (signal: AbortSignal) => {
      await pool.acquire();
      for (let i = 0; i < 2; i++) {
        await io();
        signal.throwIfAborted();
      }
      pool.release();
    };
    const controller = new AbortController();
    const task = query(controller.signal).catch(() => {}); // it may be aborted
    for (let i = 0; i < 4; i++) await io();
    controller.abort();
    await task;
    must(pool.free === 1, `${1 - pool.free} missing`); // nobody else looks
  },
};
