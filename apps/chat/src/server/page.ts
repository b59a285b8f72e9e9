import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { Hono } from "hono";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The page may load from its own server and nowhere else. */
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/**
 * Serves the built page. The few files of it are read once, at the start: a request can reach no other.
 *
 * @param folder where the build has put them
 * @throws if there is no index.html, saying how to make one
 */
export async function createPage(folder: string): Promise<Hono> {
  const app = new Hono();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  if (!entries.some((entry) => entry.name === "index.html")) {
    throw new Error(`Cannot serve the page: there is no index.html in ${folder}; run the build of @skein/chat first.`);
  }
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const isIndex = path === "/index.html";
    const body = await readFile(file);
    app.get(isIndex ? "/" : path, (c) =>
      c.body(new Uint8Array(body), 200, {
        ...SECURITY_HEADERS,
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        // The build puts a hash of their content into the names of all files but the index.
        "cache-control": isIndex ? "no-cache" : "public, max-age=31536000, immutable",
      }),
    );
  }
  return app;
}
