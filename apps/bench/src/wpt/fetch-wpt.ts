import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const inside = "test/fixtures/wpt";
const parts = ["streams", "resources", "common", "interfaces"];

/**
 * The folder of the Web Platform Tests that Debian's `nodejs` source package carries. It is fetched once, as the
 * machine's apt is set up to fetch, and kept in `cache`.
 *
 * @throws {Error} If it cannot be had; the message says what to do instead.
 */
export function fetchWpt(cache: string, log: (line: string) => void = console.log): string {
  const wpt = join(cache, "wpt");
  if (existsSync(join(wpt, "streams"))) return wpt;
  log("Fetching the Web Platform Tests that Debian's nodejs source package carries (once, some 30 MB) …");
  const work = mkdtempSync(join(tmpdir(), "skein-wpt-"));
  try {
    const [tarball] = download(work);
    if (tarball === undefined) {
      throw new Error(
        "Cannot fetch the Web Platform Tests: apt-get gave no source of nodejs, see above. It takes Debian's apt and " +
          "the network, once. Or give the folder of a checkout of WPT, or of Node's test/fixtures/wpt: --wpt FOLDER.",
      );
    }
    must("tar", ["xf", tarball, "-C", work, "--strip-components=1", "--wildcards", ...wanted()], work);
    mkdirSync(cache, { recursive: true });
    rmSync(wpt, { recursive: true, force: true });
    must("cp", ["-r", join(work, inside), `${wpt}.new`], work);
    renameSync(`${wpt}.new`, wpt);
    return wpt;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const wanted = (): string[] => parts.map((part) => `*/${inside}/${part}/*`);

/** Where apt knows of no source packages it is told to look where it has its binary packages from. */
function download(work: string): string[] {
  const found = (): string[] =>
    readdirSync(work)
      .filter((name) => /^nodejs_.*\.orig\.tar\./.test(name))
      .map((name) => join(work, name));
  const get = (...options: string[]): unknown =>
    run("apt-get", [...options, "source", "--download-only", "--only-source", "nodejs"], work);
  get("-qq");
  if (found().length > 0) return found();
  const format = "deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)";
  const { stdout } = run(
    "apt-get",
    ["indextargets", "--format", format, "Created-By: Packages", "Origin: Debian"],
    work,
  );
  const list = join(work, "sources.list");
  writeFileSync(list, [...new Set(stdout.split("\n"))].join("\n"));
  for (const folder of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(work, folder), { recursive: true });
  const here = Object.entries({
    "Dir::Etc::SourceList": list,
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": join(work, "lists"),
    "Dir::Cache": join(work, "cache"),
  }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  run("apt-get", ["-qq", ...here, "update"], work);
  get("-qq", ...here);
  return found();
}

function run(command: string, args: readonly string[], cwd: string) {
  return spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function must(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = run(command, args, cwd);
  if (status !== 0) throw new Error(`Cannot unpack the Web Platform Tests: ${command} failed.`, { cause: error });
}
