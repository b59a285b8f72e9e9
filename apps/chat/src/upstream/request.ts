import * as v from "valibot";
import { orMissing } from "../http/read-json.ts";

const Part = v.object(
  { type: v.literal("text", "only parts of type text are understood"), text: v.string("must be a string") },
  orMissing("must be an object with type and text"),
);

/** A message's content: a string, or OpenAI's list of parts, of which text is understood. */
const Content = v.union([v.string(), v.array(Part)], "must be a string or a list of text parts");

const TokenLimit = v.nullish(
  v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(1, "must be at least 1"),
    v.maxValue(32_768, "must be at most 32768"),
  ),
);

const NO_STOP = "must be left out: stop sequences are not supported here; cut the answer with max_tokens";

/** What `POST /v1/chat/completions` reads; other fields are ignored, as with most servers of this kind. */
export const CompletionRequest = v.object(
  {
    model: v.nullish(v.string("must be a string")),
    messages: v.pipe(
      v.array(
        v.object(
          {
            role: v.picklist(
              ["system", "developer", "user", "assistant", "tool"],
              "must be system, developer, user, assistant or tool",
            ),
            content: v.nullish(Content),
          },
          orMissing("must be an object with role and content"),
        ),
        "must be a list of messages",
      ),
      v.minLength(1, "must have at least one message"),
    ),
    stream: v.nullish(v.boolean("must be true or false")),
    stream_options: v.nullish(v.object({ include_usage: v.nullish(v.boolean("must be true or false")) })),
    temperature: v.nullish(
      v.pipe(v.number("must be a number"), v.minValue(0, "must be at least 0"), v.maxValue(2, "must be at most 2")),
    ),
    max_tokens: TokenLimit,
    max_completion_tokens: TokenLimit,
    // Fields that ask for something else than one whole answer are not ignored: the client would misread what it gets.
    n: v.nullish(v.literal(1, "must be 1: one answer a request is all there is here")),
    stop: v.nullish(v.custom<[]>((stop) => Array.isArray(stop) && stop.length === 0, NO_STOP)),
    seed: v.nullish(v.pipe(v.number("must be a number"), v.safeInteger("must be a whole number"))),
  },
  orMissing("must be a JSON object"),
);

export type CompletionRequest = v.InferOutput<typeof CompletionRequest>;

/** What the users said, the newest last: what an answer is about. */
export function promptOf({ messages }: CompletionRequest): string {
  return messages.map(({ role, content }) => (role === "user" ? textOf(content) : "")).join("\n");
}

/** The text of every message, for counting. */
export function fullText({ messages }: CompletionRequest): string {
  return messages.map(({ content }) => textOf(content)).join("\n");
}

function textOf(content: v.InferOutput<typeof Content> | null | undefined): string {
  return typeof content === "string" ? content : (content ?? []).map((part) => part.text).join("\n");
}
