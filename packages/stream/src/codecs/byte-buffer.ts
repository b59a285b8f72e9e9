/** Bytes that have come and were not taken yet. Each is copied once when it comes and once when it is taken. */
export class ByteBuffer {
  private bytes = new Uint8Array(256);
  private start = 0;
  private end = 0;
  /** How far `find` has looked without success. */
  private looked = 0;

  get length(): number {
    return this.end - this.start;
  }

  push(chunk: Uint8Array): void {
    if (this.end + chunk.length > this.bytes.length) this.makeRoom(this.length + chunk.length);
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  private makeRoom(needed: number): void {
    let size = this.bytes.length;
    while (size < needed) size *= 2;
    const bytes = size === this.bytes.length ? this.bytes : new Uint8Array(size);
    bytes.set(this.bytes.subarray(this.start, this.end));
    this.bytes = bytes;
    this.end -= this.start;
    this.start = 0;
  }

  /** Takes the first `count` bytes: there must be as many. */
  take(count: number): Uint8Array {
    const taken = this.bytes.slice(this.start, this.start + count);
    this.start += count;
    this.looked = 0;
    return taken;
  }

  /** Where `pattern` begins, or -1. What was searched before is not searched again. */
  find(pattern: Uint8Array): number {
    const { bytes, start, end } = this;
    const last = end - pattern.length;
    const [first] = pattern as unknown as [number];
    let at = start + this.looked;
    for (at = bytes.indexOf(first, at); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
      let matched = 1;
      while (matched < pattern.length && bytes[at + matched] === pattern[matched]) matched++;
      if (matched === pattern.length) return at - start;
    }
    this.looked = Math.max(0, last + 1 - start);
    return -1;
  }
}
