export { default } from "@skein/house/vitest";
