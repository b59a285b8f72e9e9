/* Limits, resources and combinators. Each program with what it gives when it is left alone. */
import {
  all,
  any,
  checkpoint,
  coroutine,
  ensure,
  Future,
  failAfter,
  group,
  mapAll,
  moveOnAfter,
  type Operation,
  race,
  receiver,
  retry,
  scope,
  settled,
  shield,
  sleep,
  TimeoutError,
  use,
  type Wait,
} from "../../src/index.ts";
import type { Program } from "./kit.ts";

export const blocksPrograms: Record<string, Program> = {
  "limits in limits": [
    (kit) =>
      moveOnAfter(20, function* () {
        const first = yield* moveOnAfter(2, () => kit.nap(9));
        const second = yield* failAfter(9, () => kit.nap(1));
        return [first, second].join();
      }),
    ",1",
  ],
  "a limit that is moved, and one that fires": [
    (kit) =>
      scope(
        function* (s) {
          yield* kit.nap(1);
          s.deadlineMs = kit.t.now() + 10;
          try {
            return yield* failAfter(2, () => kit.nap(5));
          } catch (error) {
            if (error instanceof TimeoutError) return "too late";
            throw error;
          }
        },
        { deadlineMs: 4 },
      ),
    "too late",
  ],
  "a write behind a shield": [
    function* (kit) {
      yield* kit.nap(1);
      const entry = kit.enter("write", false);
      return yield* shield(function* () {
        entry.must = true;
        entry.begun++;
        yield* sleep(1);
        yield* checkpoint();
        entry.done++;
        return "written";
      });
    },
    "written",
  ],
  "resources taken in turn, given back in the other": [
    (kit) =>
      scope(function* () {
        const names = [yield* use(kit.resource("db")), yield* use(kit.resource("file"))];
        yield* ensure(() => kit.nap(1, "flush"));
        yield* sleep(1);
        return names.join();
      }),
    "db,file",
  ],
  "a cleanup that opens a group and a limit": [
    (kit) =>
      scope(function* () {
        yield* ensure(() =>
          failAfter(50, () =>
            group(function* (g) {
              for (const ms of [1, 2]) g.spawn(kit.nap(ms, `closing ${ms}`));
            }),
          ),
        );
        return yield* kit.nap(2);
      }),
    2,
  ],
  "all, some of it there already": [
    (kit) => all([() => kit.nap(1), () => kit.nap(2), Future.resolve(0, { loop: kit.t.loop })]),
    [1, 2, 0],
  ],
  "a race, and losers that clean up": [
    (kit) => race([() => kit.nap(5), () => kit.nap(1), kit.pending<number>("never").future]),
    1,
  ],
  "any, where the first is down": [
    (kit) =>
      any([
        function* (): Operation<number> {
          yield* sleep(1);
          throw new Error("down"); // at once: what a member fails with while it is being cut off is thrown (C4)
        },
        () => kit.nap(2),
        () => kit.nap(7),
      ]),
    2,
  ],
  settled: [
    function* (kit) {
      const ends = yield* settled([() => kit.nap(1), () => kit.nap(2)]);
      return ends.map(({ status }) => status).join();
    },
    "fulfilled,fulfilled",
  ],
  "mapAll, two at a time": [(kit) => mapAll([2, 1, 1], (ms) => kit.nap(ms), { limit: 2 }), [2, 1, 1]],
  "retry, the third time lucky": [
    (kit) => {
      let attempts = 0;
      return retry(
        () =>
          kit.guard(`attempt ${++attempts}`, function* () {
            yield* sleep(1);
            if (attempts < 3) throw new Error("busy");
            return attempts;
          }),
        { attempts: 5, backoff: 1 },
      );
    },
    3,
  ],
  "a pipeline of coroutines": [
    function* (kit) {
      const seen: number[] = [];
      const numbers = coroutine(function* (): Generator<number | Wait, void, void> {
        const entry = kit.enter("numbers", true);
        try {
          for (let i = 1; i <= 2; i++) {
            yield* sleep(1);
            yield i;
          }
        } finally {
          entry.begun++;
          entry.done++;
        }
      })();
      const sink = receiver(function* (): Generator<void | Wait, void, number> {
        for (;;) {
          seen.push(yield);
          yield* checkpoint();
        }
      })();
      for (let step = yield* numbers.next(); !step.done; step = yield* numbers.next()) yield* sink.send(step.value);
      yield* sink.close();
      return seen.join();
    },
    "1,2",
  ],
};
