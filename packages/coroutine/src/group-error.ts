import { say } from "./body.ts";

/**
 * What a group throws when its body or children failed: every error object once, the body's own first.
 * Cancellations are not among them: they say that something was stopped, not that it failed.
 */
export class GroupError extends AggregateError {
  readonly code: "GROUP";
  /** The name of the group. */
  readonly group: string;

  constructor(errors: readonly unknown[], group: string, cause: unknown = errors[0]) {
    const first = errors[0];
    const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    super([...errors], `Group "${group}" failed: ${say(first)}${others}`, {
      cause,
    });
    this.name = "GroupError";
    this.code = "GROUP";
    this.group = group;
  }
}
