/**
 * Looks into suspended generators with an inspector session on this very thread: it answers synchronously what a
 * debugger would show. Nothing is paused, and nothing is left behind.
 */
import { MisuseError } from "@skein/future";
import { type Inspector, type InspectorSession, nodeModule } from "./host.ts";

/** What there is to see in a suspended generator. */
export interface GeneratorView {
  /** The name of its function. */
  readonly fn: string;
  /** `suspended`, `running` or `closed`. */
  readonly state: string;
  /** Where it is suspended: a URL or path, and line and column from 1. */
  readonly location: { readonly url: string; readonly line: number; readonly column: number } | undefined;
  /** The variables of the function and of the blocks it stands in, innermost first where names repeat. */
  readonly locals: Readonly<Record<string, unknown>>;
}

interface RemoteObject {
  readonly objectId?: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly description?: string;
}
interface Property {
  readonly name: string;
  readonly value?: RemoteObject;
}
interface Place {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Where the generator lies while the inspector, which knows no references, is told about it. */
const HATCH = "@skein/coroutine/inspect";
const hatch = globalThis as unknown as Record<symbol, { generator: object | null; readonly values: unknown[] }>;

/** What is said where `lookInto` does not work. */
export const CANNOT_LOOK = "Locals are not to be had here: only Node's inspector tells them, and this is not Node.";

/** By inspector, whether it answers at once: asked once, since that takes a session. */
const answers = new WeakMap<object, boolean>();

/**
 * True where `lookInto` works. Bun and Deno have a `node:inspector` as well, but theirs answers later or not at all, and
 * Deno's asks for a permission.
 */
export function canLook(): boolean {
  const inspector = nodeModule("node:inspector");
  if (inspector === undefined) return false;
  if (!answers.has(inspector)) answers.set(inspector, answersAtOnce(inspector));
  return answers.get(inspector) === true;
}

function answersAtOnce({ Session }: Inspector): boolean {
  try {
    const session = new Session();
    session.connect();
    try {
      post(session, "Runtime.evaluate", { expression: "0" });
      return true;
    } finally {
      session.disconnect();
    }
  } catch {
    return false;
  }
}

/** Gives `body` a function that looks into a generator. @throws {MisuseError} Where `canLook()` is false. */
export function lookInto<R>(body: (look: (generator: object) => GeneratorView) => R): R {
  const inspector = nodeModule("node:inspector");
  if (inspector === undefined) throw new MisuseError(CANNOT_LOOK);
  const session = new inspector.Session();
  session.connect();
  const here = { generator: null as object | null, values: [] };
  try {
    const scripts = new Map<string, string>();
    session.on("Debugger.scriptParsed", ({ params }) => {
      const { scriptId, url } = params as { scriptId: string; url: string };
      scripts.set(scriptId, url);
    });
    post(session, "Debugger.enable", {}); // tells every script there is before it answers
    hatch[Symbol.for(HATCH)] = here;
    const sink = evaluate(session, "values");
    return body((generator) => {
      here.generator = generator;
      return view(session, evaluate(session, "generator"), sink, here.values, scripts);
    });
  } finally {
    delete hatch[Symbol.for(HATCH)];
    session.disconnect();
  }
}

function view(
  session: InspectorSession,
  generator: string,
  sink: string,
  values: unknown[],
  scripts: Map<string, string>,
): GeneratorView {
  const own = propertiesOf(session, generator).internalProperties ?? [];
  const inner = (name: string): RemoteObject | undefined => own.find((property) => property.name === name)?.value;
  const place = inner("[[GeneratorLocation]]")?.value as Place | undefined;
  const fn = /^(?:static )?(?:function)?\s*\*\s*([^\s(]*)/.exec(inner("[[GeneratorFunction]]")?.description ?? "");
  const scopes = inner("[[Scopes]]")?.objectId;
  return {
    fn: fn?.[1] || "(anonymous)",
    state: String(inner("[[GeneratorState]]")?.value ?? "unknown"),
    location: place && locate(scripts.get(place.scriptId) ?? "", place.lineNumber, place.columnNumber),
    locals: scopes === undefined ? {} : localsOf(session, scopes, sink, values),
  };
}

/** The scopes go outwards: blocks, the function itself ("Local"), and then what it closes over, which is not asked for. */
function localsOf(session: InspectorSession, scopes: string, sink: string, values: unknown[]): Record<string, unknown> {
  const locals: Record<string, unknown> = {};
  for (const { value: scope } of propertiesOf(session, scopes).result) {
    if (scope?.objectId === undefined || !/^(Local|Block|Catch|With Block)\b/.test(scope.description ?? "")) break;
    for (const { name, value } of propertiesOf(session, scope.objectId).result) {
      if (!Object.hasOwn(locals, name)) locals[name] = fetchValue(session, value, sink, values);
    }
    if (scope.description?.startsWith("Local")) break;
  }
  return locals;
}

/** The inspector only describes values; handed to a function that it calls here, they are themselves. */
function fetchValue(
  session: InspectorSession,
  value: RemoteObject | undefined,
  sink: string,
  values: unknown[],
): unknown {
  if (value === undefined) return undefined; // declared further down: not initialised yet
  const { objectId, unserializableValue } = value;
  const argument = objectId ? { objectId } : unserializableValue ? { unserializableValue } : { value: value.value };
  post(session, "Runtime.callFunctionOn", {
    functionDeclaration: "function (value) { this[0] = value; }",
    objectId: sink,
    arguments: [argument],
  });
  return values.pop();
}

/** Through the file's source map, if Node has read it (`node --enable-source-maps`). */
function locate(url: string, line: number, column: number): GeneratorView["location"] {
  const here = { url, line: line + 1, column: column + 1 };
  if (!url.startsWith("file:")) return here;
  const path = nodeModule("node:url")?.fileURLToPath(url) ?? url;
  const entry = nodeModule("node:module")?.findSourceMap?.(path)?.findEntry(line, column);
  if (entry?.originalSource === undefined || entry.originalLine === undefined) return here;
  return { url: entry.originalSource, line: entry.originalLine + 1, column: (entry.originalColumn ?? 0) + 1 };
}

const evaluate = (session: InspectorSession, what: string): string =>
  (
    post(session, "Runtime.evaluate", { expression: `globalThis[Symbol.for("${HATCH}")].${what}` }) as {
      readonly result: { readonly objectId: string };
    }
  ).result.objectId;

const propertiesOf = (
  session: InspectorSession,
  objectId: string,
): { readonly result: Property[]; readonly internalProperties?: Property[] } =>
  post(session, "Runtime.getProperties", { objectId, ownProperties: true }) as {
    result: Property[];
    internalProperties?: Property[];
  };

/** On the session's own thread the answer is there when `post` returns. */
function post(session: InspectorSession, method: string, params: object): object {
  let answer: { readonly error: Error | null; readonly result: object } | undefined;
  session.post(method, params, (error, result) => {
    answer = { error, result };
  });
  if (answer === undefined) throw new Error(`the inspector did not answer ${method} at once`);
  if (answer.error !== null) throw answer.error;
  return answer.result;
}
