/* Frames, tasks and groups. Each program with what it gives when it is left alone. */
import { getEventListeners } from "node:events";
import {
  call,
  checkpoint,
  detach,
  Event,
  Future,
  group,
  moveOnAfter,
  type Operation,
  run,
  sleep,
  until,
  use,
} from "../../src/index.ts";
import type { Program } from "./kit.ts";

export const tasksPrograms: Record<string, Program> = {
  "plain frames, three deep": [
    (kit) => kit.guard("outer", () => kit.guard("mid", () => kit.guard("inner", () => kit.nap(3)))),
    3,
  ],
  "frames of call, and a recursion": [
    (kit) => {
      const down = (n: number): Operation<number> =>
        kit.guard(`level ${n}`, function* () {
          if (n > 0) return 1 + (yield* call(() => down(n - 1)));
          yield* sleep(1);
          return 0;
        });
      return down(3);
    },
    3,
  ],
  "answers that are there": [
    (kit) =>
      kit.guard("sum", function* () {
        let sum = 0;
        for (let i = 0; i < 4; i++) {
          sum += yield* Future.resolve(i, { loop: kit.t.loop });
          yield* checkpoint();
        }
        return sum;
      }),
    6,
  ],
  "children of the root": [
    function* (kit, root) {
      const tasks = [1, 3].map((ms) => root.spawn(kit.nap(ms)));
      yield* sleep(2);
      return (yield* tasks[0] as Operation<number>) + (yield* tasks[1] as Operation<number>);
    },
    4,
  ],
  "a tree of groups, some children eager": [
    (kit) => {
      const tree = (depth: number): Operation<number> =>
        group(function* (g) {
          if (depth === 0) return yield* kit.nap(1);
          const left = g.spawn(tree(depth - 1), { eager: true });
          const right = g.spawn(tree(depth - 1));
          return (yield* left) + (yield* right);
        });
      return tree(2);
    },
    4,
  ],
  "a child that fails, and a sibling that cleans up": [
    function* (kit): Operation<unknown> {
      try {
        yield* group(function* (g) {
          g.spawn(kit.nap(9, "sibling"));
          g.spawn(() =>
            kit.guard("failing", function* () {
              yield* sleep(1);
              throw new Error("boom");
            }),
          );
          yield* kit.nap(9, "body");
        });
        return "not reached";
      } catch (error) {
        if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join();
        throw error;
      }
    },
    "boom",
  ],
  "a supervisor, whose workers may fail": [
    function* (kit, root) {
      const workers = [1, 2, 3].map((n) =>
        root.spawn(
          () =>
            kit.guard(`worker ${n}`, function* () {
              yield* sleep(n);
              if (n === 2) throw new Error("down");
              return n;
            }),
          { onError: "owner" },
        ),
      );
      for (const worker of workers) worker.addDoneCallback(() => {}); // heard of, also if nobody comes to join it
      const ends: string[] = [];
      for (const worker of workers) ends.push((yield* worker.join()).status);
      return ends.join();
    },
    "fulfilled,rejected,fulfilled",
  ],
  "a server that says when it is ready": [
    function* (kit, root) {
      const server = kit.resource("socket");
      const stop = kit.watch(new Event({ name: "stop" }));
      const port = yield* root.start<number>(function* (started) {
        yield* use(server);
        started(8080);
        yield* stop.wait();
      });
      yield* kit.nap(1, "request");
      stop.set();
      return port;
    },
    8080,
  ],
  "a server that is not ready in time": [
    function* (kit) {
      const begunMs = kit.t.loop.now();
      yield* group(function* (g) {
        yield* moveOnAfter(2, () => g.start(() => kit.nap(50, "slow server")));
        yield* kit.nap(1);
      });
      return kit.t.loop.now() - begunMs; // not 50: it was cancelled along, and it was waited for
    },
    7,
  ],
  "a run of its own, which follows a signal": [
    function* (kit) {
      const stop = new AbortController();
      const inner = run(() => kit.nap(3), { signal: stop.signal, loop: kit.t.loop });
      try {
        const value = yield* inner;
        if (getEventListeners(stop.signal, "abort").length > 0) throw new Error("a listener was left");
        return value;
      } finally {
        stop.abort("the owner has ended");
        yield* inner.join();
      }
    },
    3,
  ],
  "promises, one of which listens": [
    function* (kit) {
      const hangUp = new AbortController();
      const text = yield* until(async (signal) => {
        const stop = (): void => {};
        hangUp.signal.addEventListener("abort", stop);
        try {
          for (let turn = 0; turn < 3; turn++) {
            signal.throwIfAborted();
            await turn;
          }
          return "page";
        } finally {
          hangUp.signal.removeEventListener("abort", stop);
        }
      });
      yield* kit.nap(1);
      yield* until(Promise.resolve());
      return text;
    },
    "page",
  ],
  "detached work, which the run waits for": [
    function* (kit) {
      detach(kit.nap(1, "audit"), { onError() {} });
      return yield* kit.nap(3);
    },
    3,
  ],
  "a hand-over between tasks": [
    function* (kit, root) {
      const { future, resolve } = kit.pending<number>("hand-over");
      const waiters = [1, 2].map(() => root.spawn(() => kit.guard("waiter", () => future)));
      yield* sleep(1);
      resolve(7);
      yield* checkpoint();
      return (yield* waiters[0] as Operation<number>) + (yield* waiters[1] as Operation<number>);
    },
    14,
  ],
  "a group that stops itself": [
    (kit) =>
      group(
        function* (g) {
          for (const ms of [1, 5]) g.spawn(kit.nap(ms));
          yield* sleep(2);
          g.cancel("enough");
          yield* kit.nap(9);
          return "not reached";
        },
        { onCancel: () => "stopped" },
      ),
    "stopped",
  ],
};
