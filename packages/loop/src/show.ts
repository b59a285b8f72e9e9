/**
 * A value in a few words, for a message. Strings come quoted, and objects as no more than what they are: to turn one
 * into text may run its code, and what that throws would hide what the message is about.
 */
export function show(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  return Object(value) === value ? typeof value : String(value);
}
