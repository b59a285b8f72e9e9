import { randomInt } from "node:crypto";
import { moveOnAfter, type Operation, run } from "@skein/coroutine";
import { from } from "@skein/stream";
import { Hono } from "hono";
import { bodyOf, EVENT_STREAM_HEADERS } from "../http/body.ts";
import { readJson } from "../http/read-json.ts";
import { Refused } from "../http/refused.ts";
import type { NgramModel } from "../model/ngram.ts";
import { pace } from "../model/pace.ts";
import { seeded } from "../model/random.ts";
import { tokenize } from "../model/tokenize.ts";
import { compute, type Job, turns } from "./compute.ts";
import { Ledger } from "./ledger.ts";
import { CompletionRequest, fullText, promptOf } from "./request.ts";
import { chunk, completion, data, errorBody, type Head, modelEntry, modelList, usageChunk, usageOf } from "./wire.ts";

export interface UpstreamOptions {
  readonly model: NgramModel;
  /** Seconds since 1970. By default the time of day. */
  readonly clock?: () => number;
  /** How long to wait before each token, in milliseconds. By default that of a real model. */
  readonly paceOf?: (seed: number) => Iterator<number, never>;
  readonly settle?: () => Operation<void>;
}

/** The name under which the built-in model is listed. */
export const MODEL_ID = "moby-dick-4gram";

/**
 * A client may name its completion in this header and can then ask, also after it has left, how many tokens were
 * computed: `GET /v1/skein/completions/:id`. The response repeats it, which says that this server can tell.
 */
export const COMPLETION_HEADER = "x-skein-completion";

const BODY_LIMIT_BYTES = 1024 * 1024;
/** Completions at once; more are told to come back. */
const RUNNING_LIMIT = 64;
/** How long a question for the count waits for a completion to end. */
const COUNT_WAIT_MS = 1_000;

/** The built-in model behind OpenAI's interface, to be mounted at `/v1`. */
export function createUpstream(options: UpstreamOptions): Hono {
  const { model, clock = () => Math.floor(Date.now() / 1_000), settle = turns } = options;
  const paceOf = options.paceOf ?? ((seed: number) => pace(seeded(seed)));
  const ledger = new Ledger();
  const created = clock();
  const app = new Hono();

  app.post("/chat/completions", async (c) => {
    const request = await readJson(c.req.raw, CompletionRequest, BODY_LIMIT_BYTES);
    if (ledger.running >= RUNNING_LIMIT) {
      throw Refused.busy("rate_limit_exceeded", `${RUNNING_LIMIT} completions are running; try again in a moment.`);
    }
    if (request.model && request.model !== MODEL_ID && request.model !== "default") {
      throw new Refused(404, "model_not_found", `There is no model "${request.model}" here; use "${MODEL_ID}".`, {
        param: "model",
      });
    }
    const named = c.req.header(COMPLETION_HEADER);
    const id = named ?? `chatcmpl-${crypto.randomUUID()}`;
    if (named !== undefined && (!/^[\w-]{1,80}$/.test(named) || ledger.has(named))) {
      throw new Refused(
        400,
        "bad_completion_id",
        `${COMPLETION_HEADER} must be new, and 1 to 80 letters, digits, - and _.`,
      );
    }
    const head: Head = { id, model: MODEL_ID, created: clock() };
    const job = jobOf(id, request);
    const promptTokens = tokenize(fullText(request)).length;
    const headers = { [COMPLETION_HEADER]: id };

    if (!request.stream) {
      let text = "";
      const finishReason = await run(
        function* complete() {
          let reason: "stop" | "length" = "stop";
          yield* from(function* () {
            reason = yield* compute(job, (token) => token);
          }).forEach((token) => {
            text += token;
          });
          return reason;
        },
        { signal: c.req.raw.signal, name: id },
      );
      return c.json(completion(head, text, finishReason, usageOf(promptTokens, ledger.computed(id))), 200, headers);
    }

    const events = from(function* completionEvents() {
      yield data(chunk(head, { role: "assistant", content: "" }));
      const finishReason = yield* compute(job, (content) => data(chunk(head, { content })));
      yield data(chunk(head, {}, finishReason));
      if (request.stream_options?.include_usage) {
        yield data(usageChunk(head, usageOf(promptTokens, ledger.computed(id))));
      }
      yield data("[DONE]");
    });
    return c.body(bodyOf(events), 200, { ...EVENT_STREAM_HEADERS, ...headers });
  });

  app.get("/models", (c) => c.json(modelList(MODEL_ID, created)));
  app.get("/models/:id", (c) => {
    if (c.req.param("id") === MODEL_ID) return c.json(modelEntry(MODEL_ID, created));
    throw new Refused(404, "model_not_found", `There is no model "${c.req.param("id")}" here; use "${MODEL_ID}".`, {
      param: "model",
    });
  });

  app.get("/skein/completions/:id", async (c) => {
    const account = ledger.find(c.req.param("id"));
    if (account === undefined) {
      throw new Refused(
        404,
        "completion_not_found",
        `There is no completion "${c.req.param("id")}", or it is long over.`,
      );
    }
    // A client that has just left wants to know where the model stopped, not where it was passing by.
    await run(() => moveOnAfter(COUNT_WAIT_MS, () => account.over), { signal: c.req.raw.signal, name: "count" });
    const { id, status, computed } = account;
    return c.json({ id, status, computed });
  });

  app.all("/chat/completions", () => {
    throw Refused.method("POST");
  });
  // Not notFound(): an app that is mounted in another has none of its own.
  app.all("*", (c) => {
    throw new Refused(404, "unknown_url", `There is nothing at ${c.req.method} ${c.req.path}.`);
  });
  app.onError((error, c) => {
    const refused =
      error instanceof Refused ? error : new Refused(500, "internal_error", `Internal error: ${error.message}`);
    return c.json(errorBody(refused), refused.status, refused.headers);
  });
  return app;

  function jobOf(id: string, request: CompletionRequest): Job {
    const seed = request.seed ?? randomInt(2 ** 32);
    const maxTokens = request.max_completion_tokens ?? request.max_tokens;
    const { temperature } = request;
    return {
      id,
      model,
      ledger,
      settle,
      gaps: paceOf(seed),
      question: {
        prompt: promptOf(request),
        seed,
        ...(typeof temperature === "number" && { temperature }),
        ...(typeof maxTokens === "number" && { maxTokens }),
      },
    };
  }
}
