/**
 * Throws unless each number is less than the one after it. For constants that hold only together: a module asserts its own
 * when it is loaded.
 * @param what for the message
 */
export function assertInOrder(what: string, numbers: Readonly<Record<string, number>>): void {
  const entries = Object.entries(numbers);
  entries.forEach(([name, value], i) => {
    const next = entries[i + 1];
    if (!next || value < next[1]) return;
    throw new Error(`${what}: ${name} (${value}) must be less than ${next[0]} (${next[1]})`);
  });
}
