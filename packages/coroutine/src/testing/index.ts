export { VirtualLoop } from "@skein/future/testing";
