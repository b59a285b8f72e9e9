import { Deferred, Effect, Fiber, Semaphore, Stream } from "effect";
import { CLEANUP_MS, pause } from "./holes.js";

const all = /** @type {const} */ ({ concurrency: "unbounded", discard: true });

/** @param {number} sum @param {number} n */
const add = (sum, n) => sum + n;

/** @type {import("../src/peer-jobs.ts").EffectJobs} */
export const jobs = {
  switches(tasks, each) {
    const work = Effect.gen(function* () {
      for (let i = 0; i < each; i++) yield* Effect.yieldNow;
    });
    return Effect.runPromise(
      Effect.all(
        Array.from({ length: tasks }, () => work),
        all,
      ),
    );
  },

  sum: (numbers) =>
    Effect.runPromise(
      Stream.fromIterable(numbers).pipe(
        Stream.map((n) => n * 2),
        Stream.filter((n) => n % 3 === 0),
        Stream.runFold(() => 0, add),
      ),
    ),

  share: (numbers, readers) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const shared = yield* Stream.fromIterable(numbers).pipe(Stream.broadcastN({ n: readers, capacity: 16 }));
          const sums = yield* Effect.all(
            shared.map((stream) => Stream.runFold(stream, () => 0, add)),
            { concurrency: "unbounded" },
          );
          return sums.reduce(add, 0);
        }),
      ),
    ),

  spawnJoin: (count) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const fibers = [];
        for (let i = 0; i < count; i++) fibers.push(yield* Effect.forkChild(Effect.yieldNow));
        for (const fiber of fibers) yield* Fiber.join(fiber);
      }),
    ),

  async park(count, kept) {
    const work = Effect.suspend(() => {
      const own = Deferred.makeUnsafe();
      kept.push(own);
      return Deferred.await(own);
    });
    const fiber = Effect.runFork(
      Effect.all(
        Array.from({ length: count }, () => work),
        all,
      ),
    );
    await pause(20);
    return () => Effect.runPromise(Fiber.interrupt(fiber));
  },

  resume(depth, rounds) {
    /** @param {number} level @returns {Effect.Effect<void>} */
    const deep = (level) =>
      Effect.gen(function* () {
        if (level > 1) yield* deep(level - 1);
        else for (let i = 0; i < rounds; i++) yield* Effect.yieldNow;
      });
    return Effect.runPromise(deep(depth));
  },

  semaphore: (count) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const semaphore = yield* Semaphore.make(1);
        const work = semaphore.withPermits(1)(Effect.yieldNow);
        yield* Effect.all(
          Array.from({ length: count }, () => work),
          all,
        );
      }),
    ),

  // A Deferred is heard by fibers alone, so two of them hand it to each other. Each remembers what it waits for: to
  // settle a Deferred may run the other fiber then and there.
  handOff(count) {
    let ball = Deferred.makeUnsafe();
    /** @param {number} parity */
    const player = (parity) =>
      Effect.gen(function* () {
        let awaited = ball;
        for (let i = 0; i < count; i++) {
          if (i % 2 === parity) {
            const caught = ball;
            ball = awaited = Deferred.makeUnsafe();
            yield* Deferred.succeed(caught, i);
          } else yield* Deferred.await(awaited);
        }
      });
    return Effect.runPromise(Effect.all([player(1), player(0)], all));
  },

  races(count, kept) {
    const longLived = Deferred.makeUnsafe();
    kept.push(longLived);
    return Effect.runPromise(
      Effect.gen(function* () {
        for (let i = 0; i < count; i++) {
          const short = Deferred.makeUnsafe();
          const winner = yield* Effect.forkChild(Effect.raceFirst(Deferred.await(longLived), Deferred.await(short)));
          yield* Deferred.succeed(short, i);
          yield* Fiber.join(winner);
        }
      }),
    );
  },

  cancelTimers(count) {
    for (let i = 0; i < count; i++) Effect.runFork(Effect.sleep(1000 + (i % 1000))).interruptUnsafe();
  },

  setTimers(count, tick) {
    const fire = Effect.sync(tick);
    for (let i = 0; i < count; i++) Effect.runFork(Effect.andThen(Effect.sleep(1 + (i % 10)), fire));
  },
};

/** @param {import("../src/holes/story.ts").Story} story */
const cleanup = (story) =>
  Effect.gen(function* () {
    story.push("closing");
    yield* Effect.sleep(CLEANUP_MS);
    story.push("closed");
  });

/**
 * The scenarios with a worker whose cleanup is written in one way or the other.
 * @param {(story: import("../src/holes/story.ts").Story) => Effect.Effect<void>} work
 * @returns {import("../src/peer-jobs.ts").HoleJobs}
 */
const holesOf = (work) => ({
  async cancelledCall(story) {
    const fiber = Effect.runFork(
      Effect.gen(function* () {
        yield* work(story);
        story.push("charged");
      }),
    );
    await pause(5);
    await Effect.runPromise(Fiber.interrupt(fiber));
  },

  async secondCancel(story) {
    const sibling = Effect.andThen(Effect.sleep(5), Effect.fail("the sibling failed"));
    const fiber = Effect.runFork(Effect.all([sibling, work(story)], { concurrency: "unbounded" }));
    await pause(5 + CLEANUP_MS / 2);
    story.push("second cancel");
    await Effect.runPromise(Fiber.interrupt(fiber));
  },
});

/** @type {import("../src/peer-jobs.ts").PeerHoles} */
export const holes = {
  finally: holesOf((story) =>
    Effect.gen(function* () {
      try {
        yield* Effect.never;
      } finally {
        yield* cleanup(story);
      }
    }),
  ),
  ensuring: holesOf((story) => Effect.ensuring(Effect.never, cleanup(story))),
};
