import { run, sleep } from "@skein/coroutine";
import { Hono } from "hono";
import { expect, test } from "vitest";

// Async: Hono looks after the errors of native promises only, and a task is none.
test("an async handler of Hono may give back a task, and its error reaches the error handler", async () => {
  const app = new Hono();
  app.onError((error, c) => c.text(`sorry: ${error.message}`, 500));
  app.get("/greet", async (c) =>
    run(function* () {
      yield* sleep(1);
      return c.text("hello");
    }),
  );
  app.get("/fail", async (c) =>
    run(function* () {
      yield* sleep(1);
      if (c.req.method === "GET") throw new Error("no greeting");
      return c.text("not reached");
    }),
  );
  expect(await (await app.request("/greet")).text()).toBe("hello");
  const failed = await app.request("/fail");
  expect([failed.status, await failed.text()]).toEqual([500, "sorry: no greeting"]);
});
