/** The name that was most likely meant: the nearest, if it is near. Distances count letters changed, added, lost or swapped. */
export function nearName(given: string, names: readonly string[]): string | undefined {
  const most = given.length < 4 ? 1 : given.length < 8 ? 2 : 3;
  let best: { name: string; far: number } | undefined;
  for (const name of names) {
    if (Math.abs(name.length - given.length) > most) continue;
    const far = distance(given, name);
    if (far <= most && (best === undefined || far < best.far)) best = { name, far };
  }
  return best?.name;
}

/** Damerau and Levenshtein's, of adjacent letters. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + same);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, before[column - 2]! + 1);
      current.push(least);
    }
    before = above;
    above = current;
  }
  return above[b.length]!;
}
