import type { End } from "../src/protocol.ts";

/** How an answer ended, in words. */
export interface Ending {
  readonly status: End["status"];
  readonly facts: readonly { readonly text: string; readonly exact?: boolean }[];
  /** What went wrong and what to do. */
  readonly error?: string;
}

const DONE: Readonly<Record<string, string>> = { stop: "done", length: "cut at the length limit" };
const STOPPED: Readonly<Record<string, string>> = {
  user: "stopped by you",
  shutdown: "stopped, the server was shut down",
};

export function describe(end: End): Ending {
  const tokens = { text: end.tokens === 1 ? "1 token" : `${end.tokens} tokens` };
  switch (end.status) {
    case "done":
      return { status: end.status, facts: [{ text: DONE[end.reason] ?? `done (${end.reason})` }, tokens] };
    case "stopped":
      return {
        status: end.status,
        facts: [
          { text: STOPPED[end.reason] ?? `stopped (${end.reason})` },
          tokens,
          { text: `tokens computed after Stop: ${end.computedAfterStop ?? "not told by this model"}`, exact: true },
        ],
      };
    case "failed":
      return { status: end.status, facts: [{ text: "failed" }, tokens], error: end.reason };
  }
}
