import { Worker } from "node:worker_threads";
import type { FileResult, Job } from "./worker.ts";

/** Runs one test file, and gives what came of its subtests; none, if the thread died. */
export function runFile(job: Job): Promise<FileResult> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("wpt-worker.js", import.meta.url), {
      workerData: job,
      stdout: true,
      stderr: true,
    });
    const over = (result: FileResult): void => {
      clearTimeout(timer);
      resolve(result);
      void worker.terminate();
    };
    const dead = (why: string) => (): void => over({ subtests: [], uncaught: [why] });
    const timer = setTimeout(dead("the thread stands still"), 90_000);
    worker.once("message", over);
    worker.once("error", (error) => dead(String(error))());
    worker.once("exit", dead("the thread ended"));
  });
}
