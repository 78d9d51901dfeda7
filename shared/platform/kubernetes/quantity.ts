const exponents: Record<string, number> = {
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
  m: -3,
  u: -6,
  n: -9,
};
const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A resource.Quantity of Kubernetes as a number, `1.5Gi` and `500m`; NaN for what is none. Exact enough to compare and add. */
export function quantityOf(text: string): number {
  const [, digits, suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]{0,2})$/.exec(text.trim()) ?? [];
  if (digits === undefined) return Number.NaN;
  const power = binary.indexOf(suffix);
  if (power >= 0) return Number(digits) * 1024 ** (power + 1);
  return Object.hasOwn(exponents, suffix) ? Number(digits) * 10 ** exponents[suffix]! : Number.NaN;
}

/** Below zero when the first is the smaller one. */
export function compareQuantities(left: string, right: string): number {
  return quantityOf(left) - quantityOf(right);
}
