export { asyncContext } from "./async-context.ts";
