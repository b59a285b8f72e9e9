import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser } from "@skein/house/browser";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programs } from "./programs.ts";

const root = join(import.meta.dirname, "../../..");
const origin = "http://skein.test";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 120_000);
afterAll(() => browser?.close());

/** Where a page finds each entry: the built files as they are, for no bundler stands between. */
const imports = ["loop", "future", "coroutine", "stream"].flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as {
    exports: Record<string, { default?: string }>;
  };
  return Object.entries(exports).map(([entry, target]) => [
    join("@skein", name, entry),
    `/${join("packages", name, target.default ?? "")}`,
  ]);
});
const html = (program: string): string => `<!doctype html>
  <link rel="icon" href="data:,">
  <script type="importmap">${JSON.stringify({ imports: Object.fromEntries(imports) })}</script>
  <script type="module" src="/apps/runtimes/programs/${program}"></script>`;

/** What the page writes on its console, as soon as that is so many lines; rejects at an error of the page. */
const printedOn = (page: Page, lines: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const printed: string[] = [];
    page.on("console", (message) => {
      printed.push(...message.text().split("\n"));
      if (printed.length >= lines) resolve(`${printed.join("\n")}\n`);
    });
    page.on("pageerror", reject);
  });

describe("each program prints what it says in a browser", () => {
  test.concurrent.each(programs.filter(({ name }) => !name.startsWith("node/")))("$name", async ({ name, prints }) => {
    const page = await browser.newPage();
    await page.route(`${origin}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      return pathname === "/"
        ? route.fulfill({ contentType: "text/html", body: html(name) })
        : route.fulfill({ path: join(root, pathname) });
    });
    const printed = printedOn(page, prints.split("\n").length - 1);
    await page.goto(origin);
    expect(await printed).toBe(prints);
    await page.close();
  });
});
