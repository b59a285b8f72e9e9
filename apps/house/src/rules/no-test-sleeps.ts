import type { Rule } from "../tree.ts";

/** Whatever waits for real time to go by, or asks again and again until something is so. */
const sleeping =
  /\b(?:setTimeout|setInterval|waitForTimeout|Atomics\.wait|scheduler\.wait|vi\.wait(?:For|Until)|expect\.poll)\s*(?:<[^()]*>)?\(|import\s*\{[^}]*\b(?:setTimeout|setInterval|scheduler)\b[^}]*\}\s*from\s*"(?:node:)?timers\/promises"/;

/** Where a timer of the host is what is tested. A new entry says why no virtual clock would do. */
const allowed: Readonly<Record<string, string>> = {
  "packages/loop/test/fairness.test.ts": "that the loop starves no timer of the host: 1 ms, and waited for as an event",
  "packages/loop/test/dist.test.ts": "the same in a process of its own",
  "packages/coroutine/test/testing/host-clock.test.ts": "timers that follow the virtual clock, under their own names",
  "packages/coroutine/test/testing/gallery/hunters.ts": "vitest's fake timers, which never wait",
};

/** No test sleeps or polls: what it waits for is an event, or virtual time. */
export const noTestSleeps: Rule = (tree) =>
  tree.paths
    .filter((path) => /^(?:packages|apps)\/[^/]+\/test\/.*\.tsx?$/.test(path) && !(path in allowed))
    .flatMap((path) =>
      tree
        .read(path)
        .split("\n")
        .flatMap((line, index) => {
          const found = sleeping.exec(line)?.[0];
          return found === undefined
            ? []
            : [`${path}:${index + 1}: \`${found}\` waits for real time; wait for the event, or use runTest`];
        }),
    );
