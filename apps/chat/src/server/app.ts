import { run } from "@skein/coroutine";
import { type Context, Hono } from "hono";
import { bodyOf, EVENT_STREAM_HEADERS } from "../http/body.ts";
import { BODY_LOST, readJson } from "../http/read-json.ts";
import { Refused } from "../http/refused.ts";
import type { Health } from "../protocol.ts";
import { readCursor } from "./cursor.ts";
import { eventStream } from "./event-stream.ts";
import type { Generations } from "./generations.ts";
import type { Journal } from "./journal.ts";
import { StartBody } from "./start-body.ts";

export interface AppOptions {
  readonly generations: Generations;
  readonly health: Omit<Health, "status" | "running">;
  readonly journal: Journal;
}

const BODY_LIMIT_BYTES = 1024 * 1024;

/** The chat's own interface. */
export function createApp({ generations, health, journal }: AppOptions): Hono {
  const app = new Hono();
  let readers = 0;

  app.get("/healthz", (c) => c.json({ status: "ready", ...health, running: generations.running } satisfies Health));

  app.post("/api/generations", async (c) => {
    refuseForeign(c);
    const request = await readJson(c.req.raw, StartBody, BODY_LIMIT_BYTES);
    const { id } = generations.start(request);
    return c.json({ id }, 201, { location: `/api/generations/${id}` });
  });

  app.get("/api/generations/:id", (c) => c.json(generations.find(c.req.param("id")).state));

  app.get("/api/generations/:id/stream", (c) => {
    const generation = generations.find(c.req.param("id"));
    const newest = generation.cursor;
    const cursor = readCursor(c.req.header("last-event-id"), c.req.query("cursor"), newest);
    // Whoever has the end already is told that there is nothing more to come, or it would ask again for ever.
    if (cursor === newest && !generation.running) return c.body(null, 204);
    const reader = ++readers;
    journal(`generation ${generation.id}: reader ${reader} begins after event ${cursor}`);
    const events = eventStream(generation, cursor).onEnd((end) => {
      if (end.kind === "done") return;
      const meanwhile = generation.running ? "the generation goes on" : "it had ended";
      journal(`generation ${generation.id}: reader ${reader} left; ${meanwhile}`);
    });
    return c.body(bodyOf(events), 200, EVENT_STREAM_HEADERS);
  });

  app.post("/api/generations/:id/stop", async (c) => {
    refuseForeign(c);
    const generation = generations.find(c.req.param("id"));
    return c.json(await run(() => generation.stop("user"), { name: "stop" }));
  });

  const only = (allowed: string) => () => {
    throw Refused.method(allowed);
  };
  app.all("/healthz", only("GET"));
  app.all("/api/generations", only("POST"));
  app.all("/api/generations/:id", only("GET"));
  app.all("/api/generations/:id/stream", only("GET"));
  app.all("/api/generations/:id/stop", only("POST"));
  app.notFound((c) =>
    refusal(c, new Refused(404, "unknown_address", `There is nothing at ${c.req.method} ${c.req.path}.`)),
  );
  app.onError((error, c) => {
    if (error instanceof Refused && error.code === BODY_LOST)
      journal(`${c.req.method} ${c.req.path}: the client left while it was sending its body`);
    if (error instanceof Refused) return refusal(c, error);
    journal(`internal error at ${c.req.method} ${c.req.path}: ${error.stack}`);
    return refusal(c, new Refused(500, "internal", "The chat server made a mistake; its log says more."));
  });
  return app;
}

function refusal(c: Context, { status, code, message, headers }: Refused): Response {
  return c.json({ error: { code, message } }, status, headers);
}

/** A page from elsewhere must not spend the model of whoever looks at it. */
function refuseForeign(c: Context): void {
  const origin = c.req.header("origin");
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === c.req.header("host"))) return;
  throw new Refused(403, "foreign_origin", `Requests from pages of ${origin.slice(0, 80)} are not taken here.`);
}
