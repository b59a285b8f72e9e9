import { expect, test } from "vitest";
import {
  all,
  Barrier,
  CapacityLimiter,
  Condition,
  ContextVar,
  call,
  checkpoint,
  coroutine,
  currentTask,
  Event,
  ensure,
  group,
  Lock,
  mapAll,
  type Operation,
  ParkingLot,
  race,
  run,
  Semaphore,
  scope,
  sleep,
  until,
  use,
} from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { afterGarbage } from "./support.ts";

function* idle(): Operation<void> {}
const echo = coroutine(function* (): Generator<number, void, number> {
  for (;;) yield yield 0;
});

const REPORT = 'Nothing was done by an operation of task "main": it was made and never used; write `yield*` before it.';

/** What is reported of a program that `make`s operations, once they are gone. */
async function reportsOf(make: () => Operation<unknown>, debug = true): Promise<string[]> {
  const reports: string[] = [];
  const loop = new VirtualLoop({
    debug,
    onError(error, info) {
      const frames = `${info["scheduledAt"]}`.split("\n");
      const made = frames[frames.findIndex((frame) => frame.includes("unused.test.ts")) - 1];
      reports.push(`${/at (?:\w+\.)?(\w+)/.exec(made ?? "")?.[1]}: ${(error as Error).message}`);
    },
  });
  const task = run(
    function* main() {
      yield* make();
    },
    { loop },
  );
  loop.runUntilIdle();
  while (loop.advanceToNext());
  expect(task.state).toBe("done");
  await afterGarbage(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  return reports.sort();
}

function* careless(): Operation<void> {
  const c = echo();
  yield* c.next();
  sleep(5);
  until(Promise.resolve());
  call(idle);
  scope(idle);
  group(idle);
  all([idle]);
  race([idle]);
  mapAll([1], idle, { limit: 1 });
  ensure(() => {});
  c.send(5);
  yield* c.close();
  currentTask()?.join();
  new ContextVar("user").run("Ada", idle);
  yield* group(function* (g) {
    g.start(idle);
  });
}

/** Of most primitives one operation serves all: it is no less forgotten. */
function* carelessTogether(): Operation<void> {
  checkpoint();
  const lock = new Lock();
  lock.acquire();
  yield* lock.acquire();
  lock.release();
  new Semaphore(1).acquire();
  new Semaphore(2).acquire(2);
  new CapacityLimiter(1).acquire();
  new CapacityLimiter(1).acquire("Ada");
  new Event().wait();
  new Condition().wait();
  new Condition().waitFor(() => true);
  new Barrier(2).wait();
  new ParkingLot().park();
}

test("in development an operation that was made and never used is reported, with where it was made", async () => {
  const names = "all call ensure group join mapAll race run scope send sleep start until".split(" ");
  expect(await reportsOf(careless)).toEqual(names.map((name) => `${name}: ${REPORT}`));
});

test("so is one of a primitive", async () => {
  const names = "acquire acquire acquire acquire acquire checkpoint park wait wait wait waitFor".split(" ");
  expect(await reportsOf(carelessTogether)).toEqual(names.map((name) => `${name}: ${REPORT}`));
});

test("without debug nothing is", async () => expect(await reportsOf(careless, false)).toEqual([]));

test("one that is used in any way is not: by yield*, spawn, call, as a member, as a body, later, or again", async () => {
  function* careful(): Operation<void> {
    const kept = sleep(1);
    yield* kept;
    yield* kept;
    yield* call(sleep(1));
    yield* call(() => all([sleep(1), scope(() => sleep(1))]));
    yield* group(function* (g) {
      g.spawn(sleep(1));
      g.spawn(all([idle, call(idle)]));
      yield* until(Promise.resolve());
    });
    yield* ensure(() => sleep(1));
    yield* use(new Lock());
    yield* use(new Semaphore(1));
    const lock = new Lock();
    const taking = lock.acquire();
    yield* taking;
    lock.release();
    yield* taking;
  }
  const reports: string[] = [];
  const loop = new VirtualLoop({ debug: true, onError: (error) => reports.push((error as Error).message) });
  const task = run(careful, { loop });
  for (let turn = 0; turn < 10; turn++) {
    loop.advance(1);
    await afterGarbage(() => {});
  }
  expect([task.state, ...reports]).toEqual(["done"]);
});

test("with debug, what is an operation by a method of its own works as without", () => {
  const loop = new VirtualLoop({ debug: true });
  const task = run(
    function* () {
      yield* new Semaphore(2).acquire(2);
      yield* new CapacityLimiter(1).acquire({});
      return "held";
    },
    { loop },
  );
  loop.runUntilIdle();
  expect(task.outcome).toEqual({ status: "fulfilled", value: "held" });
});
