import { library } from "@skein/house/tsup";

// The type is spelled out because the mocha of promises-aplus-tests makes this package's tsup an instance of its own.
const config: ReturnType<typeof library> = library({ index: "src/index.ts", testing: "src/testing/index.ts" });
export default config;
