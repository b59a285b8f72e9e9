import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

describe("settings", () => {
  test("have defaults, and empty variables count as not set", () => {
    const defaults = {
      port: 3000,
      portGiven: false,
      host: "127.0.0.1",
      upstream: undefined,
      apiKey: undefined,
      model: undefined,
      stallMs: 60_000,
    };
    expect(readConfig({})).toEqual(defaults);
    expect(readConfig({ PORT: "", HOST: " ", SKEIN_UPSTREAM: "", SKEIN_STALL_MS: "" })).toEqual(defaults);
  });

  test("are read", () => {
    expect(
      readConfig({
        PORT: "8080",
        HOST: "[::1]",
        SKEIN_UPSTREAM: "http://127.0.0.1:11434/v1//",
        SKEIN_API_KEY: "sk-1",
        SKEIN_MODEL: "llama",
        SKEIN_STALL_MS: "250",
      }),
    ).toEqual({
      port: 8080,
      portGiven: true,
      host: "::1",
      upstream: "http://127.0.0.1:11434/v1",
      apiKey: "sk-1",
      model: "llama",
      stallMs: 250,
    });
  });

  test.each([
    ["PORT", "http"],
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "3000.5"],
    ["PORT", "0x50"],
    ["PORT", "1e3"],
    ["HOST", "not a host"],
    ["HOST", "http://localhost"],
    ["HOST", "999.1.1.1"],
    ["HOST", "localhost:3000"],
    ["SKEIN_UPSTREAM", "localhost:11434"],
    ["SKEIN_UPSTREAM", "ftp://host/v1"],
    ["SKEIN_UPSTREAM", "http://host/v1?key=1"],
    ["SKEIN_STALL_MS", "0"],
    ["SKEIN_STALL_MS", "1m"],
  ])("%s=%s is refused by name", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(`Cannot use ${name}=${value}: it must be `);
  });

  test("secrets are not shown", () => {
    expect(() => readConfig({ SKEIN_API_KEY: "se cret" })).toThrow(/^Cannot use SKEIN_API_KEY=…/);
    expect(() => readConfig({ SKEIN_UPSTREAM: "http://me:secret@host/v1" })).toThrow(
      /^Cannot use SKEIN_UPSTREAM=http:\/\/…@host: /,
    );
  });
});
