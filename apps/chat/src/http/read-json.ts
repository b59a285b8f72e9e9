import * as v from "valibot";
import { Refused } from "./refused.ts";

/** The code of a refusal that nobody hears: the client left while it was sending. */
export const BODY_LOST = "body_lost";

/**
 * Reads a request's body as JSON of a given shape, never holding more than `limitBytes` of it.
 *
 * @throws {Refused} 413 if it is larger, 400 if it breaks off ({@link BODY_LOST}), is missing, not JSON, or not of the shape
 */
export async function readJson<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
  limitBytes: number,
): Promise<v.InferOutput<Schema>> {
  const text = await readText(request, limitBytes);
  if (text.trim() === "")
    throw new Refused(400, "no_body", "The request has no body; send a JSON object with messages.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refused(400, "bad_json", `The body is not JSON: ${(error as Error).message}.`);
  }
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const param = v.getDotPath(issue);
  throw new Refused(400, "bad_request", `${param === null ? "" : `${param}: `}${issue.message}`, { param });
}

/** For the message of an object schema, which valibot also uses for a key that is missing. */
export function orMissing(message: string): (issue: v.BaseIssue<unknown>) => string {
  return (issue) => (issue.received === "undefined" ? "is missing" : message);
}

async function readText(request: Request, limitBytes: number): Promise<string> {
  const tooLarge = () =>
    new Refused(413, "too_large", `The body is larger than ${limitBytes} bytes; send fewer or shorter messages.`);
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  const reader = request.body.getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Refused(400, BODY_LOST, "The connection was closed before the body had come; send it again.", {
        cause,
      });
    });
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > limitBytes) {
      await reader.cancel();
      throw tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
}
