import { access, mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { launchBrowser } from "@skein/house/browser";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCorpus } from "../src/model/corpus.ts";
import { NgramModel } from "../src/model/ngram.ts";
import { createPage } from "../src/server/page.ts";
import { ChatServer } from "./support/chat-server.ts";
import { gate } from "./support/gate.ts";
import { Spawned } from "./support/spawned.ts";

const PAGE = join(import.meta.dirname, "../dist/page");
const SCREENSHOT = join(import.meta.dirname, "../docs/chat.png");

let browser: Browser;
let model: NgramModel;
beforeAll(async () => {
  browser = await launchBrowser();
  model = new NgramModel(readCorpus());
}, 120_000);
afterAll(() => browser?.close());

/** The server with the built page, a model that a test may hold back, and a browser window. */
async function open(options: { url?: string; held?: boolean; config?: object; window?: BrowserContextOptions } = {}) {
  const held = gate();
  if (!options.held) held.open();
  const chat = await ChatServer.start({
    page: await createPage(PAGE),
    upstream: { model, settle: held.settle },
    ...(options.config && { config: options.config }),
  });
  const window = await browser.newContext(options.window);
  const complaints: string[] = [];
  const visit = async (url: string): Promise<Page> => {
    const page = await window.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  };
  const page = await visit(options.url ?? chat.url);
  return {
    chat,
    held,
    page,
    visit,
    complaints,
    window,
    async [Symbol.asyncDispose]() {
      await window.close();
      await chat.end();
    },
  };
}

const answers = (page: Page) => page.locator(".message.assistant");
const lastAnswer = (page: Page) => answers(page).last();
/** The text of the newest answer, as the server has it: paragraphs with blank lines between them. */
const textOf = async (page: Page) => (await lastAnswer(page).locator(".text p").allTextContents()).join("\n\n");
const ended = (page: Page, status: string) =>
  lastAnswer(page)
    .and(page.locator(`[data-status="${status}"]`))
    .waitFor();
const ask = async (page: Page, text: string) => {
  await page.getByLabel("Your message").fill(text);
  await page.keyboard.press("Enter");
};
const idOf = (page: Page) => new URL(page.url()).hash.slice(1);

/** Waits until the newest answer has more text than that. */
async function grows(page: Page, than = 0): Promise<number> {
  const longer = await page.waitForFunction((than) => {
    const length =
      [...document.querySelectorAll(".message.assistant")].at(-1)?.querySelector(".text")?.textContent?.length ?? 0;
    return length > than && length;
  }, than);
  return (await longer.jsonValue()) as number;
}

describe("in a browser", () => {
  test("ask, watch the text grow, Stop, ask again", async () => {
    await using it = await open({ held: true });
    const { page, held, chat } = it;
    await page.getByRole("button", { name: "Who is Captain Ahab?" }).click();
    held.allow(5);
    const first = await grows(page);
    held.allow(10);
    await grows(page, first);
    await page.getByRole("button", { name: "Stop" }).click();
    await ended(page, "stopped");
    held.open();
    expect(await lastAnswer(page).locator(".meta").textContent()).toMatch(
      /^stopped by you\d+ tokenstokens computed after Stop: [01]Retry$/,
    );
    expect(await textOf(page)).toBe((await chat.state(idOf(page))).text);

    await ask(page, "And the whale?");
    await ended(page, "done");
    expect(await textOf(page)).toBe((await chat.state(idOf(page))).text);
    expect((await chat.state(idOf(page))).messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(await page.locator(".message").count()).toBe(4);
    expect(it.complaints).toEqual([]);
  });

  test("Escape stops, Shift+Enter starts a line, and the box keeps the focus", async () => {
    await using it = await open({ held: true });
    const { page, held } = it;
    const box = page.getByLabel("Your message");
    expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("Two");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("lines");
    expect(await box.inputValue()).toBe("Two\nlines");
    await page.keyboard.press("Enter");
    held.allow(3);
    await grows(page);
    await page.keyboard.press("Escape");
    await ended(page, "stopped");
    expect(await box.inputValue()).toBe("");
    expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.locator(".message.user .text").textContent()).toBe("Two\nlines");
    expect(it.complaints).toEqual([]);
  });

  test("a reload during an answer goes on without a gap or a repeat, and another tab follows", async () => {
    await using it = await open({ held: true });
    const { page, held, chat } = it;
    await ask(page, "Tell me about the sea");
    held.allow(20);
    const before = await grows(page, 20);
    await page.reload();
    await grows(page, before - 1);
    const other = await it.visit(page.url());
    await grows(other, before - 1);
    expect(await lastAnswer(page).getAttribute("data-status")).toBe("running");
    held.open();
    await Promise.all([ended(page, "done"), ended(other, "done")]);
    const { text } = await chat.state(idOf(page));
    expect(await textOf(page)).toBe(text);
    expect(await textOf(other)).toBe(text);
    expect(await other.locator(".message.user .text").textContent()).toBe("Tell me about the sea");

    await page.reload();
    expect(await textOf(page)).toBe(text);
    expect(it.complaints).toEqual([]);
  });

  test("a connection that is lost comes back by itself, where it was", async () => {
    const sockets = new Set<Socket>();
    let port = 0;
    const proxy = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      for (const socket of [client, server]) {
        sockets.add(socket);
        socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      }
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    await using it = await open({ held: true });
    port = Number(new URL(it.chat.url).port);
    const page = await it.visit(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`);
    await ask(page, "What happened to the Pequod?");
    it.held.allow(12);
    const before = await grows(page, 20);
    for (const socket of sockets) socket.destroy();
    await page.getByText("The connection was lost.").waitFor();
    it.held.allow(12);
    await grows(page, before);
    expect(await page.locator("#connection").textContent()).toBe("");
    it.held.open();
    await ended(page, "done");
    const { id, text } = await it.chat.state(idOf(page));
    expect(await textOf(page)).toBe(text);
    expect(
      it.chat.journal.filter((line) => line.includes(`generation ${id}: reader`) && line.includes("begins after event"))
        .length,
    ).toBe(2);
    await page.close();
    proxy.close();
  });

  test("a model server that is down is told in words, and Retry asks again", async () => {
    await using it = await open({ config: { upstream: "http://127.0.0.1:9/v1" } });
    const { page } = it;
    await ask(page, "Anyone?");
    await ended(page, "failed");
    expect(await page.getByRole("alert").textContent()).toMatch(
      /^The model server at http:\/\/127\.0\.0\.1:9\/v1 cannot be reached/,
    );
    const id = idOf(page);
    await page.getByRole("button", { name: "Retry" }).click();
    await page.waitForFunction((old) => location.hash !== `#${old}`, id);
    await ended(page, "failed");
    expect(await page.locator(".message").count()).toBe(2);
    expect(it.complaints).toEqual([]);
  });

  test("a chat server that is gone is told in words", async () => {
    await using it = await open();
    await it.chat.end();
    await ask(it.page, "Anyone?");
    await ended(it.page, "failed");
    expect(await it.page.getByRole("alert").textContent()).toMatch(/^The chat server cannot be reached\./);
  });

  test("an answer of long ago, by its address", async () => {
    await using it = await open();
    const page = await it.visit(`${it.chat.url}/#00000000-0000-0000-0000-000000000000`);
    await page.getByText("it is no longer kept").waitFor();
    expect(await page.getByRole("heading", { name: "What would you like to ask?" }).isVisible()).toBe(true);
  });

  test("New chat begins anew", async () => {
    await using it = await open();
    await ask(it.page, "Hello");
    await ended(it.page, "done");
    await it.page.getByRole("button", { name: "New chat" }).click();
    expect(await it.page.locator(".message").count()).toBe(0);
    expect(idOf(it.page)).toBe("");
    expect(await it.page.getByRole("heading", { name: "What would you like to ask?" }).isVisible()).toBe(true);
    expect(it.complaints).toEqual([]);
  });

  test("the skip link goes to the message box, and the conversation stays", async () => {
    await using it = await open();
    const { page } = it;
    await ask(page, "Hello");
    await ended(page, "done");
    const id = idOf(page);
    await page.locator(".skip").focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "prompt");
    await page.keyboard.type("And then?");
    expect(await page.locator("#prompt").inputValue()).toBe("And then?");
    expect(await page.locator(".message").count()).toBe(2);
    expect(idOf(page)).toBe(id);
    expect(it.complaints).toEqual([]);
  });

  test.each(["#prompt", "#%E0%A4%A"])("an address that points to no generation wipes nothing: %s", async (hash) => {
    await using it = await open();
    const { page } = it;
    await ask(page, "Hello");
    await ended(page, "done");
    await page.evaluate(async (hash) => {
      const changed = new Promise((resolve) => window.addEventListener("hashchange", resolve, { once: true }));
      location.hash = hash;
      await changed;
    }, hash);
    await ask(page, "And then?");
    await page.waitForFunction((hash) => location.hash !== hash, hash);
    await ended(page, "done");
    expect(await page.locator(".message").count()).toBe(4);
    const other = await it.visit(`${it.chat.url}/${hash}`);
    await ask(other, "Anew");
    await ended(other, "done");
    expect(it.complaints).toEqual([]);
  });

  test("a conversation that has become too long to send goes on with its newest messages", async () => {
    await using it = await open();
    const { page, chat } = it;
    await page.evaluate(() => {
      const turns = Array.from({ length: 240 }, (_, n) => ({
        role: n % 2 === 0 ? "user" : "assistant",
        content: `${n} ${"é".repeat(3_000)}`,
        ...(n % 2 === 1 && { end: { status: "done", reason: "stop", tokens: 1 } }),
      }));
      sessionStorage.setItem("skein.chat", JSON.stringify(turns));
    });
    await page.reload();
    expect(await page.locator(".message").count()).toBe(240);
    await ask(page, "And the newest?");
    await ended(page, "done");
    const { messages } = await chat.state(idOf(page));
    expect(messages.at(-1)?.content).toBe("And the newest?");
    expect(messages.at(-2)?.content).toMatch(/^239 /);
    expect(await page.locator(".message").count()).toBe(242);
    expect(it.complaints).toEqual([]);
  });

  test("a screen reader hears whole sentences and how the answer ended", async () => {
    await using it = await open();
    await ask(it.page, "Describe the ship");
    await ended(it.page, "done");
    const said = await it.page.locator("#announcer p").allTextContents();
    expect(said.at(-1)).toMatch(/done, \d+ tokens$/);
    for (const piece of said.slice(0, -1)) expect(piece).toMatch(/[.!?]$/);
  });

  test("fits a phone", async () => {
    await using it = await open({
      window: { viewport: { width: 390, height: 780 }, hasTouch: true, colorScheme: "dark" },
    });
    await ask(it.page, `A long word: ${"whale".repeat(40)}`);
    await ended(it.page, "done");
    const overflow = await it.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const size = await it.page.getByRole("button", { name: "Send" }).boundingBox();
    expect(size?.width).toBeGreaterThanOrEqual(36);
  });
});

/** Kept where there is none yet, or on UPDATE_SCREENSHOT=1: an ordinary run leaves the tree as it was. */
test("the picture for the README", async () => {
  await using server = new Spawned({ PORT: "0" });
  const window = await browser.newContext({
    viewport: { width: 1100, height: 760 },
    deviceScaleFactor: 2,
    colorScheme: "light",
  });
  const page = await window.newPage();
  await page.goto(await server.url());
  await page.getByRole("button", { name: "Who is Captain Ahab?" }).click();
  await grows(page, 150);
  await page.keyboard.press("Escape");
  await ended(page, "stopped");
  await ask(page, "What is the white whale, really?");
  await grows(page, 330);
  const picture = await page.screenshot({ animations: "disabled" });
  expect(picture.byteLength).toBeGreaterThan(50_000);
  const missing = await access(SCREENSHOT).then(
    () => false,
    () => true,
  );
  if (missing || process.env["UPDATE_SCREENSHOT"] === "1") {
    await mkdir(dirname(SCREENSHOT), { recursive: true });
    await writeFile(SCREENSHOT, picture);
  }
  await window.close();
});
