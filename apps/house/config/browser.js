/**
 * A real Chromium from an npm package. The package was made for a cloud function, so a few things are put right here:
 * where it unpacks to, its fonts, and the system libraries that a bare machine lacks.
 */
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const CACHE = join(import.meta.dirname, "../node_modules/.cache/chromium");

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--disable-sync",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
];

/** Starts the browser; the first time it is unpacked, which takes some seconds. */
export async function launchBrowser() {
  if (!(await exists(join(CACHE, "chromium")))) await unpack();
  const fonts = join(CACHE, "fonts.conf");
  const env = {
    ...process.env,
    FONTCONFIG_FILE: fonts,
    LD_LIBRARY_PATH: [join(CACHE, "al2023", "lib"), process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":"),
  };
  return chromium.launch({
    executablePath: join(CACHE, "chromium"),
    args: ARGUMENTS,
    env,
  });
}

/** Unpacks beside the final place and moves it there when it is whole, so that an interrupted run leaves no half. */
async function unpack() {
  const half = `${CACHE}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  const before = { TMPDIR: process.env["TMPDIR"], AWS_EXECUTION_ENV: process.env["AWS_EXECUTION_ENV"] };
  // The package unpacks to the temporary folder, and the libraries only where it takes the machine for its cloud.
  Object.assign(process.env, { TMPDIR: half, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" });
  try {
    if (tmpdir() !== half) throw new Error(`Cannot unpack Chromium: the temporary folder is ${tmpdir()}, not ${half}`);
    const { default: packed } = await import("@sparticuz/chromium");
    await packed.executablePath();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  // Its own font settings name folders of the cloud.
  await writeFile(
    join(half, "fonts.conf"),
    `<?xml version="1.0"?><fontconfig><dir>${join(CACHE, "fonts")}</dir><cachedir>${join(CACHE, "font-cache")}</cachedir></fontconfig>\n`,
  );
  await rename(half, CACHE).catch(async (error) => {
    // Another run was faster.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    await rm(half, { recursive: true });
  });
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
