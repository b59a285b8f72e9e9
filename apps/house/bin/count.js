#!/usr/bin/env node
/** Prints the count of the last run's tests once more, for whoever reads only the last line. */
import { countTests, root, summaryOf } from "../src/count-tests.js";

console.log(summaryOf(countTests(root)));
