import type { Hold } from "../scheduler.ts";

/** Adds a wait to those that are held, until it is released. */
export function holdIn(held: Set<{ readonly label: string }>, label: string): Hold {
  const hold = { label, release: () => void held.delete(hold) };
  held.add(hold);
  return hold;
}
