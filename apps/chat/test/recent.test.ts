import { describe, expect, test } from "vitest";
import { recent } from "../page/recent.ts";
import type { Message } from "../src/protocol.ts";
import { ChatServer } from "./support/chat-server.ts";

const conversation = (length: number, content: (n: number) => string): Message[] =>
  Array.from({ length }, (_, n) => ({ role: n % 2 === 0 ? "user" : "assistant", content: content(n) }));

describe("what is sent of a conversation", () => {
  test("is all of it while it is short", () => {
    const messages = conversation(199, String);
    expect(recent(messages)).toEqual(messages);
    expect(recent([])).toEqual([]);
  });

  test("is the newest messages of many, beginning with one of the user's", () => {
    const sent = recent(conversation(1_001, String));
    expect([sent.length, sent[0], sent.at(-1)?.content]).toEqual([199, { role: "user", content: "802" }, "1000"]);
  });

  test("is never more than the server takes, however its bytes are spread", async () => {
    await using chat = await ChatServer.start();
    for (const content of [(n: number) => "é".repeat(n * 40), () => "\u0001🐋".repeat(1_500)]) {
      const sent = recent(conversation(401, content));
      expect(sent.length).toBeLessThan(199);
      expect(JSON.stringify(sent).length).toBeGreaterThan(400_000);
      await chat.read(await chat.ask({ messages: sent, maxTokens: 1 }));
    }
  });

  test("ends before a message too large to send, and the newest is always sent", () => {
    const huge = (at: number) => conversation(9, (n) => (n === at ? "x".repeat(2 ** 21) : String(n)));
    expect(recent(huge(5)).map(({ content }) => content)).toEqual(["6", "7", "8"]);
    expect(recent(huge(8))).toHaveLength(1);
  });
});
