import { join } from "node:path";
import { runFile } from "@skein/house/run-file";
import { describe, expect, test } from "vitest";
import { folder, programs } from "./programs.ts";

describe("each program prints what it says, tells no error, and ends", () => {
  test("there are some", () => expect(programs.length).toBeGreaterThan(20));
  test.concurrent.each(programs)("$name", async ({ name, prints }) => {
    expect(await runFile(join(folder, name))).toEqual({ stdout: prints, stderr: "" });
  });
});
