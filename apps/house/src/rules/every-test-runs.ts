import type { Rule } from "../tree.ts";

const switchedOff = /\b(?:test|it|describe|suite)(?:\.\w+|\([^()]*\))*\.(only|skip|todo|fails)\b/;

/** No test is focused, skipped or promised: what stands in a test file runs, or is not there. */
export const everyTestRuns: Rule = (tree) =>
  tree.paths
    .filter((path) => /\.(test|spec|test-d)\.tsx?$/.test(path))
    .flatMap((path) =>
      tree
        .read(path)
        .split("\n")
        .flatMap((line, index) => {
          const word = switchedOff.exec(line)?.[1];
          return word ? [`${path}:${index + 1}: a test with .${word}; run it as it is, or delete it`] : [];
        }),
    );
