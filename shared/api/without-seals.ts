export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** True for what manifests keep sealed: `sealedKubeconfig`, `sealedTarget`, … A label that is called so is a text. */
export function isSeal(key: string, value: unknown): boolean {
  return key.startsWith('sealed') && isObject(value);
}

/** A copy without what is sealed: of no use to a reader, and no answer is a place for it. */
export function withoutSeals<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutSeals) as T;
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, each]) => !isSeal(key, each));
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutSeals(each)])) as T;
}
