import type { ContentfulStatusCode } from "hono/utils/http-status";

interface RefusedDetails {
  /** The part of the request that is wrong, as `messages.0.content`. */
  readonly param?: string | null;
  /** What went wrong below, if something did. */
  readonly cause?: unknown;
  /** Headers that the answer must have. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is not carried out. It costs nothing: it is thrown before any work begins. */
export class Refused extends Error {
  readonly status: ContentfulStatusCode;
  /** Stable, for programs. */
  readonly code: string;
  readonly param: string | null;
  readonly headers: Record<string, string>;

  /** @param message what is wrong and what to do, for a person */
  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    { param = null, headers = {}, cause }: RefusedDetails = {},
  ) {
    super(message, { cause });
    this.name = "Refused";
    this.status = status;
    this.code = code;
    this.param = param;
    this.headers = { ...headers };
  }

  /** There is something at the address, but not for this method. */
  static method(allowed: string): Refused {
    return new Refused(405, "method_not_allowed", `Use ${allowed} at this address.`, { headers: { allow: allowed } });
  }

  /** It would be too much at once. */
  static busy(code: string, message: string): Refused {
    return new Refused(429, code, message, { headers: { "retry-after": "2" } });
  }
}
