import { requireOptions, wrong } from "../task/body.ts";

export interface SpawnOptions {
  /** Shown in dumps and errors. By default the name of the function, or `task-n`. */
  readonly name?: string | undefined;
  /**
   * Runs the task's first step before `spawn` returns; it is in the group before that. Where 200 such steps are nested in
   * each other it waits for its turn, as the stack is finite.
   */
  readonly eager?: boolean | undefined;
  /** Who hears of a failure: the group (which is cancelled by it), or only whoever joins or awaits the task. */
  readonly onError?: "group" | "owner" | undefined;
}

/** Words nothing while all is well: many a spawn has options. @throws {TypeError} If one of them is none. */
export function checkSpawnOptions(options: SpawnOptions, group: { describe(): string }): void {
  const eager = options?.eager ?? false;
  const onError = options?.onError ?? "group";
  const knowsWhom = onError === "group" || onError === "owner";
  if (Object(options) === options && typeof eager === "boolean" && knowsWhom) return;
  const what = `spawn a task in ${group.describe()}`;
  requireOptions(options, what);
  throw knowsWhom
    ? wrong(what, "eager", eager, "true or false")
    : wrong(what, "onError", onError, '"group" or "owner"');
}
