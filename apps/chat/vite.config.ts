import { defineConfig } from "vite";

/** The page. Everything it needs is in the bundle: no CDN, no web font, so it works offline. */
export default defineConfig({
  root: "page",
  build: { outDir: "../dist/page", emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
});
