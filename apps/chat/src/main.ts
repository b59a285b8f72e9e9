import { fileURLToPath } from "node:url";
import { isCancelled, run } from "@skein/coroutine";
import { ConfigError, readConfig } from "./config.ts";
import { readCorpus } from "./model/corpus.ts";
import { NgramModel } from "./model/ngram.ts";
import { Stop } from "./server/generation.ts";
import { consoleJournal } from "./server/journal.ts";
import { ListenError } from "./server/listen.ts";
import { createPage } from "./server/page.ts";
import { serve } from "./server/serve.ts";

/** After a signal the process ends within this time, whatever is still open. */
const LAST_CALL_MS = 1_800;

const journal = consoleJournal();
// Nobody reads the log any more (`| head`, a closed terminal): no reason to drop those who read an answer.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});

const shutdown = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // Stays: a terminal's Ctrl-C may come twice, from the terminal and from the program that started this one.
  process.on(signal, () => {
    if (shutdown.signal.aborted) return;
    journal(`${signal}: ending what runs`);
    setTimeout(() => process.exit(0), LAST_CALL_MS).unref();
    shutdown.abort(new Stop("shutdown"));
  });
}

try {
  const config = readConfig(process.env);
  const page = await createPage(fileURLToPath(new URL("../page", import.meta.url)));
  const began = performance.now();
  const model = new NgramModel(readCorpus());
  journal(
    `the built-in model has read ${model.book.length.toLocaleString("en")} tokens in ${Math.round(performance.now() - began)} ms`,
  );
  const onReady = (url: string) => console.log(`\n  Skein chat is ready at ${url}\n`);
  await run((root) => serve(root, { config, upstream: { model }, page, journal, onReady }), {
    signal: shutdown.signal,
    name: "chat",
  });
} catch (error) {
  if (isCancelled(error) && shutdown.signal.aborted) journal("goodbye");
  else {
    const clear = error instanceof ConfigError || error instanceof ListenError;
    console.error(clear ? error.message : error);
    process.exitCode = 1;
  }
}
