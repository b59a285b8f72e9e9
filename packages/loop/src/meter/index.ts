export { type Histogram, Meter, type Timing } from "./meter.ts";
