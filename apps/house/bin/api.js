#!/usr/bin/env node
/**
 * Compares each public entry of the package in the current folder with its report in `etc/`.
 * `house-api` fails on a difference; `house-api --local` writes the reports anew.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const folder = process.cwd();
const localBuild = process.argv.includes("--local");
const packageJsonFullPath = join(folder, "package.json");
const manifest = JSON.parse(readFileSync(packageJsonFullPath, "utf8"));
const name = manifest.name.split("/").at(-1);
const { Error: error, Warning: warning, None: none } = ExtractorLogLevel;

const reportFolder = join(folder, "etc");
mkdirSync(reportFolder, { recursive: true });

/** @param {string} entry As in `exports`: `.` or `./testing`. @param {{ types: string }} target */
const matches = (entry, target) => {
  const extractorConfig = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, target.types),
      newlineKind: "lf",
      compiler: { tsconfigFilePath: join(folder, "tsconfig.build.json") },
      apiReport: {
        enabled: true,
        reportFileName: [name, ...entry.split("/").slice(1)].join("-"),
        reportFolder,
        reportTempFolder: join(folder, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: error } },
        extractorMessageReporting: {
          default: { logLevel: warning },
          // A type that a signature names and the entry does not export is noted in the report, for the reviewer.
          "ae-forgotten-export": { logLevel: none, addToApiReportFile: entry === "." },
          // Members are documented where they need it, and nothing is versioned by release tags.
          "ae-undocumented": { logLevel: none },
          "ae-missing-release-tag": { logLevel: none },
          "ae-internal-missing-underscore": { logLevel: none },
        },
        tsdocMessageReporting: { default: { logLevel: none } },
      },
    },
  });
  /** @param {import("@microsoft/api-extractor").ExtractorMessage} message */
  const messageCallback = (message) => {
    if (message.messageId === "console-preamble" || message.messageId === "console-api-report-created")
      message.handled = true;
  };
  return Extractor.invoke(extractorConfig, { localBuild, messageCallback }).succeeded;
};

const different = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target !== "string") // `./package.json`
  .filter(([entry, target]) => !matches(entry, target));
if (different.length > 0) {
  console.error("The public API is not what its report says. If that is meant: pnpm run api:update, and a changeset.");
  process.exitCode = 1;
}
