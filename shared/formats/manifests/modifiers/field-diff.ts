import { ExactNumber } from '../../../platform/input/exact-number';
import { isMap } from '../../../platform/input/is-map';

/** One field in which two objects differ: `from` is absent where the field is new, `to` where it goes. */
export interface FieldChange {
  /** `spec.replicas`, `metadata.labels["app.kubernetes.io/name"]`, `spec.ports[0].port`, `spec.containers[name=web]`. */
  path: string;
  from?: unknown;
  to?: unknown;
}

/**
 * The fields in which two JSON values differ, in the order of `from`, at most `limit`. An empty map, an empty list, null
 * and an absent field are four different things (`podSelector: {}` selects every pod); exact numbers are the same when they
 * mean the same number. Lists of one length are compared item by item; of two lengths by the names of their items, or as a
 * whole where they have none.
 *
 * It shows values: what holds a Secret goes through `withoutSecretValues` first.
 */
export function fieldDiff(from: unknown, to: unknown, limit = Number.POSITIVE_INFINITY): FieldChange[] {
  const found: FieldChange[] = [];
  compare(from, to, '', found, limit);
  return found;
}

/**
 * True when a change is only between an absent field and a zero value of Go: null, `{}`, `[]`, `""`, `false`, 0,
 * and maps of nothing else. An API server may drop such a value or keep it, which only its answer tells.
 */
export function isBetweenZeroValues({ from, to }: FieldChange): boolean {
  return isZeroValue(from) && isZeroValue(to);
}

/** JSON values are equal; exact numbers when they mean the same number. */
export function sameValue(left: unknown, right: unknown): boolean {
  return fieldDiff(left, right, 1).length === 0;
}

function compare(from: unknown, to: unknown, path: string, found: FieldChange[], limit: number): void {
  if (found.length >= limit) return;
  if (isMap(from) && isMap(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      compare(own(from, key), own(to, key), below(path, key), found, limit);
    }
    return;
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    if (compareLists(from, to, path, found, limit)) return;
  }
  if (equal(from, to)) return;
  found.push({ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
}

/** False when the lists can only be compared as a whole. */
function compareLists(
  from: unknown[],
  to: unknown[],
  path: string,
  found: FieldChange[],
  limit: number,
): boolean {
  if (from.length === to.length) {
    from.forEach((item, index) => {
      compare(item, to[index], `${path}[${index}]`, found, limit);
    });
    return true;
  }
  const left = byName(from);
  const right = byName(to);
  if (!left || !right || left.size === 0 || right.size === 0) return false;
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    compare(left.get(name), right.get(name), `${path}[name=${name}]`, found, limit);
  }
  return true;
}

/** The items of a list by their names; undefined unless each has its own. */
function byName(list: unknown[]): Map<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of list) {
    const name = isMap(item) ? item.name : undefined;
    if (typeof name !== 'string' || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

function below(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}

function own(tree: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}

function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  return isNumeric(left) && isNumeric(right) && sameNumber(numberText(left), numberText(right));
}

function isZeroValue(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (isNumeric(value)) return Number(numberText(value)) === 0;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isZeroValue);
}

function isNumeric(value: unknown): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function numberText(value: number | ExactNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}

function sameNumber(left: string, right: string): boolean {
  if (left === right) return true;
  const whole = /^-?\d+$/;
  // Two whole numbers of different text are different, whatever a double makes of them.
  return !(whole.test(left) && whole.test(right)) && Number(left) === Number(right);
}
