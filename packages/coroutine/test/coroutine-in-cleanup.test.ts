import { describe, expect, test } from "vitest";
import { type Coroutine, coroutine, ensure, group, type Operation, shield, sleep, type Wait } from "../src/index.ts";
import { ending, type Lab, lab } from "./support.ts";

const goodbye = ({ say }: Lab) =>
  coroutine(function* goodbye(): Generator<string | Wait, void, void> {
    try {
      yield* sleep(1);
      yield "flush";
      yield* sleep(1);
      yield "close";
    } finally {
      say("over");
    }
  })();

function* all({ say }: Lab, c: Coroutine<string, void, void>): Operation<void> {
  for (let step = yield* c.next(); !step.done; step = yield* c.next()) say(step.value);
}

const forever = (): Operation<void> => sleep(Number.POSITIVE_INFINITY);

/** Cancels `main` at once, runs it to its end and says what came of it. */
function cancelled(here: Lab, main: () => Operation<void>): string[] {
  const task = here.start(main);
  const end = ending(task);
  here.loop.runUntilIdle();
  task.cancel("stop");
  here.finish();
  return [end(), ...here.log];
}

describe("a coroutine first stepped in a cleanup is cleanup, too", () => {
  const worked = ["cancelled stop", "1 flush", "2 close", "2 over"];

  test("CORO-013 in a finally", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* all(here, goodbye(here));
      }
    });
    expect(end).toEqual(worked);
  });

  test("in what `ensure` was given", () => {
    const here = lab();
    const end = cancelled(here, () =>
      group(function* () {
        yield* ensure(() => all(here, goodbye(here)));
        yield* forever();
      }),
    );
    expect(end).toEqual(worked);
  });

  test("behind a shield, and by another coroutine", () => {
    const here = lab();
    const end = cancelled(here, () =>
      shield(function* () {
        yield* sleep(1);
        const outer = coroutine(() => all(here, goodbye(here)) as Generator<Wait, void, void>)();
        yield* outer.next();
      }),
    );
    expect(end).toEqual(["fulfilled undefined", "2 flush", "3 close", "3 over"]);
  });

  test("left at a yield, it is closed with its group", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* goodbye(here).next();
      }
    });
    expect(end).toEqual(["cancelled stop", "1 over"]);
  });

  test("it is insisted upon as the cleanup is", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* coroutine(function* (): Generator<Wait, void, void> {
          try {
            yield* forever();
          } finally {
            here.say("insisted");
          }
        })().next();
      }
    });
    expect(end).toEqual(["cancelled stop", "5000 insisted"]);
  });

  test("P4 where the cancel has not been thrown yet, it does not begin", () => {
    const here = lab();
    const task = here.start(function* () {
      task.cancel("stop");
      goodbye(here).tryNext(); // throws its CancelledError
    });
    const end = ending(task);
    here.finish();
    expect([end(), ...here.log]).toEqual(["cancelled stop"]);
  });
});

test("in what `ensure` was given a group steps a coroutine to its end, and one that is left is closed", () => {
  const here = lab();
  const end = here.play(() =>
    group(function* () {
      yield* ensure(() => goodbye(here).next());
      yield* ensure(() => all(here, goodbye(here)));
    }),
  );
  expect([end, ...here.log]).toEqual(["fulfilled undefined", "1 flush", "2 close", "2 over", "3 over"]);
});
