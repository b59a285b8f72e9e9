import { bridge } from "@skein/future";
import type { CancelScope } from "../scope/cancel-scope.ts";
import type { Cleanups } from "../scope/cleanup.ts";
import type { Frame } from "./body.ts";
import type { Task } from "./task.ts";

/** Kept apart, so that a task that merely runs and waits does not carry it: 40 bytes of its 200. */
export interface Rare {
  /** Its failure is for who joins it, not for its group. */
  ownerHears: boolean;
  own: CancelScope | null;
  cleanups: Cleanups | null;
  context: Context | null;
  /** The frames that wait inside `call`, the outermost first. */
  readonly callers: Caller[];
}
export const newRare = (ownerHears: boolean, context: Context | null): Rare => ({
  ownerHears,
  own: null,
  cleanups: null,
  context,
  callers: [],
});

/** What context variables hold, by variable. */
export type Context = ReadonlyMap<object, unknown>;
/** A task sees what the one that makes it sees, from then on apart from it. */
export const inherited = (): Context | null => (bridge.running as Task<unknown> | null)?.context ?? null;

/** A frame that called another, and the scope that it was in: what the other one opened lies inside that. */
export interface Caller {
  readonly frame: Frame;
  readonly scope: CancelScope | null;
  /** The throws that it has ignored, as `Trouble.insisted`. */
  readonly insisted: number;
}
