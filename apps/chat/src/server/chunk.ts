import * as v from "valibot";

const Said = v.nullish(v.looseObject({ content: v.nullish(v.string()) }));

/** As much of OpenAI's bodies as is read here: one schema for the pieces of a stream and for a completion in one piece. */
const Body = v.looseObject({
  error: v.nullish(v.union([v.string(), v.looseObject({ message: v.nullish(v.string()) })])),
  choices: v.nullish(v.array(v.looseObject({ delta: Said, message: Said, finish_reason: v.nullish(v.string()) }))),
  usage: v.nullish(v.looseObject({ completion_tokens: v.nullish(v.number()) })),
});

/** One piece of an answer. */
export interface Chunk {
  readonly text: string;
  readonly finishReason: string | undefined;
  /** How many tokens the whole answer has, where the upstream says so. */
  readonly tokens: number | undefined;
  /** Something went wrong over there; in its own words. */
  readonly error: string | undefined;
}

/** Reads a body. Undefined: it is not JSON, or of another shape. */
export function readChunk(json: string): Chunk | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(Body, value);
  if (!parsed.success) return undefined;
  const { error, choices, usage } = parsed.output;
  if (error === undefined && choices === undefined && usage === undefined) return undefined;
  const choice = choices?.[0];
  return {
    text: choice?.delta?.content ?? choice?.message?.content ?? "",
    finishReason: choice?.finish_reason ?? undefined,
    tokens: usage?.completion_tokens ?? undefined,
    error: typeof error === "string" ? error : error ? (error.message ?? "an error without a message") : undefined,
  };
}
