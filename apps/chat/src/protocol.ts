/**
 * What travels between the page and the server. Types only: both sides read this file.
 *
 * - A generation's events are numbered from 1. A cursor is the number of the last event a reader has, 0 for none.
 * - Every generation's events are any number of `delta` and then exactly one `end`.
 */

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The body of `POST /api/generations`. */
export interface StartRequest {
  /** 1 to 200 messages, oldest first. */
  readonly messages: readonly Message[];
  readonly model?: string | undefined;
  /** 0 to 2. */
  readonly temperature?: number | undefined;
  /** 1 to 32,768. */
  readonly maxTokens?: number | undefined;
  /** Any integer that a number holds exactly. */
  readonly seed?: number | undefined;
}

/** `event: delta`. */
export interface Delta {
  readonly text: string;
}

/** Why a generation failed, for programs; `reason` says it to people. */
export type FailureCode =
  | "unreachable"
  | "refused"
  | "unauthorized"
  | "busy"
  | "garbage"
  | "cut_off"
  | "stalled"
  | "internal";

/** `event: end`, and the answer to a stop. */
export interface End {
  readonly status: "done" | "failed" | "stopped";
  /** done: `stop` or `length`, as the model says. stopped: `user` or `shutdown`. failed: a sentence for a person. */
  readonly reason: string;
  /** Only where status is `failed`. */
  readonly code?: FailureCode;
  /** How many tokens of the answer arrived. */
  readonly tokens: number;
  /**
   * Only where status is `stopped`: how many tokens the model had computed in the end beyond those that had arrived
   * when Stop came. Null if the model does not tell.
   */
  readonly computedAfterStop?: number | null;
}

/** `GET /api/generations/:id`. */
export interface GenerationState {
  readonly id: string;
  readonly status: "running" | End["status"];
  /** The number of the newest event: a reader that has `text` goes on from here. */
  readonly cursor: number;
  readonly text: string;
  readonly tokens: number;
  /** Null while it is running. */
  readonly end: End | null;
  /** Null: whatever the upstream takes as its default. */
  readonly model: string | null;
  /** What was asked, so that another tab can show the whole conversation. */
  readonly messages: readonly Message[];
}

/** `GET /healthz`. */
export interface Health {
  readonly status: "ready";
  readonly model: string;
  /** `built-in`, or the base URL of the model server without any credentials. */
  readonly upstream: string;
  readonly running: number;
}

/** What every refused request gets. */
export interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}
