import { posix } from "node:path";
import type { Rule } from "../tree.ts";

/** A relative link in a text leads to a file of the project, or to a folder that holds one. */
export const linksLeadSomewhere: Rule = (tree) => {
  const folders = tree.paths.flatMap((path) =>
    path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/")),
  );
  const there = new Set([...tree.paths, ...folders]);
  return tree.paths
    .filter((path) => path.endsWith(".md") && !path.endsWith(".api.md") && !path.endsWith("CHANGELOG.md"))
    .flatMap((path) =>
      [...tree.read(path).matchAll(/\]\(([^)\s#]+)(#[^)]*)?\)/g)]
        .map((match) => match[1] ?? "")
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !there.has(posix.join(posix.dirname(path), target).replace(/\/$/, "")))
        .map((target) => `${path}: links to ${target}, which is not there; mend the link`),
    );
};
