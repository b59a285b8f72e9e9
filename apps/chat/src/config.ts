import { isIP } from "node:net";

/** What can be set from outside, checked. */
export interface Config {
  /** The port to listen on. */
  readonly port: number;
  /** True if the port was asked for by name: then no other will do. */
  readonly portGiven: boolean;
  readonly host: string;
  /** The model server's base URL, without a slash at its end; undefined: the model in this process. */
  readonly upstream: string | undefined;
  readonly apiKey: string | undefined;
  /** The model to ask for; undefined: the only or first one that the upstream lists. */
  readonly model: string | undefined;
  /** An upstream that says nothing for so long has stalled, in milliseconds. */
  readonly stallMs: number;
}

const DEFAULT_PORT = 3000;
const DEFAULT_STALL_MS = 60_000;
/** Beyond this a timer would be longer than anyone watches: a day. */
const LONGEST_STALL_MS = 86_400_000;

/** A setting that cannot be used. The message names it, what it was, and what it may be. */
export class ConfigError extends Error {
  constructor(name: string, value: string, wanted: string) {
    super(`Cannot use ${name}=${value}: it must be ${wanted}.`);
    this.name = "ConfigError";
  }
}

/**
 * Reads the settings from environment variables. A variable that is empty counts as not set.
 *
 * @throws {ConfigError} if one cannot be used
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const get = (name: string) => env[name]?.trim() || undefined;
  const port = get("PORT");
  return {
    port: port === undefined ? DEFAULT_PORT : wholeNumber("PORT", port, 0, 65_535),
    portGiven: port !== undefined,
    host: readHost(get("HOST")),
    upstream: readUpstream(get("SKEIN_UPSTREAM")),
    apiKey: readApiKey(get("SKEIN_API_KEY")),
    model: get("SKEIN_MODEL"),
    stallMs: wholeNumber("SKEIN_STALL_MS", get("SKEIN_STALL_MS") ?? `${DEFAULT_STALL_MS}`, 1, LONGEST_STALL_MS),
  };
}

function wholeNumber(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  throw new ConfigError(name, value, `a whole number from ${min} to ${max}`);
}

function readHost(host = "127.0.0.1"): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) return bare;
  // A name such as 999.1.1.1 looks like an address and would be asked of a name server for nothing.
  if (
    /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i.test(bare) &&
    !/^[\d.]+$/.test(bare)
  ) {
    return bare;
  }
  throw new ConfigError("HOST", host, "an address or a host name, such as 127.0.0.1, ::1 or localhost");
}

function readUpstream(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ConfigError("SKEIN_UPSTREAM", url, "an http or https URL, such as http://127.0.0.1:11434/v1");
  }
  if (parsed.username || parsed.password) {
    throw new ConfigError(
      "SKEIN_UPSTREAM",
      `${parsed.protocol}//…@${parsed.host}`,
      "without a user or password; give the key as SKEIN_API_KEY",
    );
  }
  if (parsed.search || parsed.hash) throw new ConfigError("SKEIN_UPSTREAM", url, "without a query or a fragment");
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
}

function readApiKey(key: string | undefined): string | undefined {
  // Anything else cannot be sent in a header. The key itself is not shown.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new ConfigError("SKEIN_API_KEY", "…", "printable ASCII without spaces");
  }
  return key;
}
