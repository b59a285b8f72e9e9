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

/** What `POST /v1/chat/completions` reads; fields it does not know are ignored, as with most servers of this kind. */
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
