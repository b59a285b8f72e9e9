import { call, checkpoint, Future, type Operation, run } from "@skein/coroutine";
import { Effect, Fiber } from "effect";
import {
  type Task as EffectionTask,
  run as effection,
  sleep as effectionSleep,
  spawn as effectionSpawn,
} from "effection";
import { heapPer, hostTurn, perOperation, type Row } from "../measure.ts";

const N = 100_000;

const spawnJoin: Row = {
  id: "spawn-join",
  what: "spawn 100,000 tasks that wait once, and join",
  unit: "ns",
  must: [
    { peer: "native", max: 1.0 },
    { peer: "effect", max: 0.5 },
    { peer: "effection", max: 0.02 },
  ],
  systems: {
    skein: () =>
      perOperation(N, () =>
        run(function* (root) {
          function* work() {
            yield* checkpoint();
          }
          for (let i = 0; i < N; i++) root.spawn(work);
        }),
      ),
    native: () =>
      perOperation(N, async () => {
        async function work() {
          await undefined;
        }
        const all: Promise<void>[] = [];
        for (let i = 0; i < N; i++) all.push(work());
        await Promise.all(all);
      }),
    effect: () =>
      perOperation(N / 100, () =>
        Effect.runPromise(
          Effect.gen(function* () {
            const fibers: Fiber.Fiber<void>[] = [];
            for (let i = 0; i < N / 100; i++) fibers.push(yield* Effect.forkChild(Effect.yieldNow));
            for (const fiber of fibers) yield* Fiber.join(fiber);
          }),
        ),
      ),
    effection: () =>
      perOperation(100, () =>
        effection(function* () {
          const tasks: EffectionTask<void>[] = [];
          for (let i = 0; i < 100; i++) tasks.push(yield* effectionSpawn(() => effectionSleep(0)));
          for (const task of tasks) yield* task;
        }),
      ),
  },
};

const spawnJoinEager: Row = {
  id: "spawn-join-eager",
  what: "spawn 100,000 tasks that never wait, eagerly, and join",
  unit: "ns",
  must: [{ peer: "native", max: 1.2 }],
  systems: {
    skein: () =>
      perOperation(N, () =>
        run(function* (root) {
          function* work(): Operation<void> {}
          const options = { eager: true };
          for (let i = 0; i < N; i++) root.spawn(work, options);
        }),
      ),
    native: () =>
      perOperation(N, async () => {
        async function work() {}
        const all: Promise<void>[] = [];
        for (let i = 0; i < N; i++) all.push(work());
        await Promise.all(all);
      }),
  },
};

const ROUNDS = 200_000;
const pingPong: Row = {
  id: "ping-pong",
  what: "two tasks hand 200,000 futures to each other",
  unit: "ns",
  must: [{ peer: "native", max: 1.5 }],
  systems: {
    skein: () =>
      perOperation(ROUNDS, () => {
        let ball = Future.withResolvers<number>();
        function* player(parity: number): Operation<void> {
          for (let i = 0; i < ROUNDS; i++) {
            if (i % 2 === parity) {
              const caught = ball;
              ball = Future.withResolvers<number>();
              caught.resolve(i);
            } else yield* ball.future;
          }
        }
        return run(function* (root) {
          root.spawn(() => player(1));
          root.spawn(() => player(0));
        });
      }),
    native: () =>
      perOperation(ROUNDS, async () => {
        const make = () => {
          let resolve: (value: number) => void = () => {};
          const promise = new Promise<number>((r) => {
            resolve = r;
          });
          return { promise, resolve };
        };
        let ball = make();
        async function player(parity: number) {
          for (let i = 0; i < ROUNDS; i++) {
            if (i % 2 === parity) {
              const caught = ball;
              ball = make();
              caught.resolve(i);
            } else await ball.promise;
          }
        }
        await Promise.all([player(1), player(0)]);
      }),
  },
};

const AWAITS = 1_000_000;
const awaitDone: Row = {
  id: "await-done",
  what: "wait for a future that is done already",
  unit: "ns",
  must: [{ peer: "native", max: 0.5 }],
  systems: {
    skein: () =>
      perOperation(AWAITS, () => {
        const done = Future.resolve(1);
        return run(function* () {
          let sum = 0;
          for (let i = 0; i < AWAITS; i++) sum += yield* done;
          return sum;
        });
      }),
    native: () =>
      perOperation(AWAITS, async () => {
        const done = Promise.resolve(1);
        let sum = 0;
        for (let i = 0; i < AWAITS; i++) sum += await done;
        return sum;
      }),
  },
};

const memoryParked: Row = {
  id: "memory-parked",
  what: "heap of a task parked on a future of its own, which is kept; of a promise, its resolver has to be",
  unit: "bytes",
  must: [{ peer: "native", max: 0.8 }],
  systems: {
    skein: () =>
      heapPer(N, async (kept) => {
        const task = run(function* (root) {
          function* work(): Operation<void> {
            const { future } = Future.withResolvers<void>();
            kept.push(future);
            yield* future;
          }
          for (let i = 0; i < N; i++) root.spawn(work);
        });
        await hostTurn();
        return async () => {
          task.cancel();
          await run(() => task.join());
        };
      }),
    native: () =>
      heapPer(N, async (kept) => {
        async function work() {
          await new Promise<void>((resolve) => kept.push(resolve));
        }
        const all: Promise<void>[] = [];
        for (let i = 0; i < N; i++) all.push(work());
        await hostTurn();
        return async () => {
          for (const resolve of kept) (resolve as () => void)();
          await Promise.all(all);
        };
      }),
  },
};

const resume = (depth: number): Row => ({
  id: `resume-${depth}`,
  what: `resume at depth ${depth}: through call(), and through raw yield* (bare)`,
  unit: "ns",
  systems: {
    skein: () => perOperation(ROUNDS, () => run(() => deep(depth, true))),
    bare: () => perOperation(ROUNDS, () => run(() => deep(depth, false))),
  },
});
function* deep(depth: number, framed: boolean): Operation<void> {
  if (depth > 1) return framed ? yield* call(deep(depth - 1, framed)) : yield* deep(depth - 1, framed);
  for (let i = 0; i < ROUNDS; i++) yield* checkpoint();
}

const calls: Row = {
  id: "call",
  what: "enter and leave a call",
  unit: "ns",
  must: [{ peer: "native", max: 3 }],
  systems: {
    skein: () =>
      perOperation(AWAITS, () => {
        function* callee(n: number): Operation<number> {
          return n;
        }
        return run(function* () {
          let sum = 0;
          for (let i = 0; i < AWAITS; i++) sum += yield* call(callee(i));
          return sum;
        });
      }),
    native: () =>
      perOperation(AWAITS, async () => {
        async function callee(n: number) {
          return n;
        }
        let sum = 0;
        for (let i = 0; i < AWAITS; i++) sum += await callee(i);
        return sum;
      }),
  },
};

const cancel: Row = {
  id: "cancel-100k",
  what: "cancel 100,000 parked tasks and join them",
  unit: "ns",
  must: [{ peer: "native", max: 1.5 }],
  systems: {
    skein: async () => {
      const never = Future.withResolvers<void>().future;
      function* work() {
        yield* never;
      }
      const task = run(function* (root) {
        for (let i = 0; i < N; i++) root.spawn(work);
      });
      await hostTurn();
      return perOperation(N, () => {
        task.cancel("enough");
        return task.catch(() => {});
      });
    },
    native: async () => {
      const rejects: ((error: unknown) => void)[] = [];
      async function work() {
        await new Promise<void>((_, reject) => rejects.push(reject));
      }
      const all: Promise<void>[] = [];
      for (let i = 0; i < N; i++) all.push(work());
      await hostTurn();
      const error = new Error("enough");
      return perOperation(N, () => {
        for (const reject of rejects) reject(error);
        return Promise.allSettled(all);
      });
    },
  },
};

export const taskRows: readonly Row[] = [
  spawnJoin,
  spawnJoinEager,
  pingPong,
  awaitDone,
  memoryParked,
  resume(1),
  resume(10),
  resume(100),
  calls,
  cancel,
];
