import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("support/aplus.mjs", import.meta.url));

test.concurrent.each(["event", "virtual"])(
  "F6 then follows Promises/A+, all 872 tests, on the built package (%s loop)",
  {
    timeout: 120_000,
  },
  async (loop) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, loop]);
    expect(JSON.parse(stdout)).toEqual({ passed: 872, failed: [] });
  },
);
