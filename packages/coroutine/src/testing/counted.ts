/** One line for each stretch of the same: `…, 3 times`. */
export function counted(lines: readonly string[]): string[] {
  const firsts = lines.flatMap((line, i) => (line === lines[i - 1] ? [] : [i]));
  return firsts.map((from, i) => {
    const times = (firsts[i + 1] ?? lines.length) - from;
    return times === 1 ? (lines[from] as string) : `${lines[from]}, ${times} times`;
  });
}
