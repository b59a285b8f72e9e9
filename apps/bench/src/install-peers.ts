import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What `installPeers` works with: the peers' folder, a command that installs them there, and where to say so. */
export interface Installation {
  readonly folder: string;
  /** Installs what the lockfile in `folder` says, and tells whether that worked. */
  install?(folder: string): boolean;
  log?(line: string): void;
}

/**
 * Installs the peers unless they are there already, as the lockfile has them now. A copy of the lockfile stays beside
 * what was installed; an installation that broke off leaves none, so the next run begins anew.
 *
 * @throws {Error} If they cannot be installed; the message says what to do.
 */
export function installPeers({ folder, install = npmInstall, log = console.log }: Installation): void {
  const wanted = join(folder, "package-lock.json");
  const installed = join(folder, "node_modules", ".installed-lock.json");
  if (existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(wanted, "utf8")) return;
  log("Installing the peers to measure against (once, until their lockfile changes) …");
  if (!install(folder))
    throw new Error(
      "Cannot install the peers: npm failed, see above. It needs the network once; after that the benchmark runs " +
        "offline. Go online and run it again, or measure without the peers: --no-peers.",
    );
  copyFileSync(wanted, installed);
}

/** npm comes with Node, so it is there; pnpm would take the folder for a part of the workspace. */
function npmInstall(folder: string): boolean {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  // Its own patience would leave somebody without a network looking at nothing for a minute.
  const brief = ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", ...brief, ...quiet], {
    cwd: folder,
    stdio: "inherit",
  });
  return status === 0;
}
