import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { ensure, moveOnAfter, type Operation, type TaskGroup, until, type Wait } from "@skein/coroutine";
import type { Hono } from "hono";
import type { Config } from "../config.ts";
import { createUpstream, MODEL_ID, type UpstreamOptions } from "../upstream/app.ts";
import { createApp } from "./app.ts";
import { DEFAULT_LIMITS, Generations, type Limits } from "./generations.ts";
import type { Journal } from "./journal.ts";
import { listen, urlOf } from "./listen.ts";
import type { ModelServer } from "./model-client.ts";

export interface ServeOptions {
  readonly config: Config;
  /** The built-in model. */
  readonly upstream: UpstreamOptions;
  readonly page: Hono;
  readonly journal: Journal;
  readonly limits?: Limits;
  /** Called when the server answers. */
  readonly onReady: (url: string) => void;
}

/** How long open connections have to end by themselves when the server is closed, in milliseconds. */
const GOODBYE_MS = 400;

/**
 * The whole server, as one operation that runs until it is cancelled. Every generation is a task of `root`: a cancel
 * ends them first, which gives their readers the last event, and then the server is closed.
 *
 * @throws {ListenError} if it cannot listen
 */
export function* serve(root: TaskGroup, options: ServeOptions): Generator<Wait, never, unknown> {
  const { config, journal, limits = DEFAULT_LIMITS } = options;
  let handle: Hono["fetch"] = () => new Response(null, { status: 503 });
  const server = createAdaptorServer({ fetch: (request, env) => handle(request, env) }) as Server;
  yield* ensure(() => close(server));
  const port = yield* listen(server, config.host, config.port, config.portGiven);
  const url = urlOf(config.host, port);

  // The built-in model is asked over HTTP like any other, so that there is one way and it is always exercised.
  const modelServer: ModelServer = {
    url: config.upstream ?? `${url}/v1`,
    label: config.upstream ?? `${url}/v1`,
    apiKey: config.apiKey,
    stallMs: config.stallMs,
    builtIn: config.upstream === undefined,
  };
  const model = config.model ?? (config.upstream === undefined ? MODEL_ID : "default");
  const generations = new Generations(root, modelServer, model, journal, limits);
  const app = createApp({ generations, journal, health: { model, upstream: config.upstream ?? "built-in" } });
  app.route("/v1", createUpstream(options.upstream));
  app.route("/", options.page);
  handle = app.fetch;
  options.onReady(url);
  return yield* generations.sweeping();
}

function* close(server: Server): Operation<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Readers have had their last event by now; what does not leave by itself is sent away.
  yield* moveOnAfter(GOODBYE_MS, () => until(closed));
  server.closeAllConnections();
  yield* until(closed);
}
