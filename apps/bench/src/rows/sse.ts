import { encodeSse, from, map } from "@skein/stream";
import { perOperation, type Row } from "../measure.ts";

const TOKENS = 100_000;
const tokens = Array.from({ length: TOKENS }, (_, i) => ` token${i % 1000}`);

/** What a chat sends for each token. */
export const sseRow: Row = {
  id: "sse-encode",
  what: "a token as JSON in a server-sent event with an id, beside one template string",
  unit: "ns",
  must: [{ most: 2_000 }],
  systems: {
    skein: () =>
      perOperation(TOKENS, () => {
        let id = 0;
        return from(tokens)
          .pipe(
            map((token) => ({ id: ++id, data: JSON.stringify({ token }) })),
            encodeSse(),
          )
          .reduce((length, text) => length + text.length, 0);
      }),
    bare: () =>
      perOperation(TOKENS, () => {
        let [id, length] = [0, 0];
        for (const token of tokens) length += `id: ${++id}\ndata: ${JSON.stringify({ token })}\n\n`.length;
        return length;
      }),
  },
};
