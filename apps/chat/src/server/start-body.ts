import * as v from "valibot";
import { orMissing } from "../http/read-json.ts";
import type { StartRequest } from "../protocol.ts";

const wholeNumber = (min: number, max: number) =>
  v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(min, `must be at least ${min}`),
      v.maxValue(max, `must be at most ${max}`),
    ),
  );

/** The body of `POST /api/generations`. */
export const StartBody: v.GenericSchema<unknown, StartRequest> = v.object(
  {
    messages: v.pipe(
      v.array(
        v.object(
          {
            role: v.picklist(["system", "user", "assistant"], "must be system, user or assistant"),
            content: v.string("must be a string"),
          },
          orMissing("must be an object with role and content"),
        ),
        "must be a list of messages",
      ),
      v.minLength(1, "must have at least one message"),
      v.maxLength(200, "must have at most 200 messages"),
    ),
    model: v.optional(
      v.pipe(v.string("must be a string"), v.minLength(1, "must not be empty"), v.maxLength(200, "must be shorter")),
    ),
    temperature: v.optional(
      v.pipe(v.number("must be a number"), v.minValue(0, "must be at least 0"), v.maxValue(2, "must be at most 2")),
    ),
    maxTokens: wholeNumber(1, 32_768),
    seed: wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  },
  orMissing("must be a JSON object"),
);
