import type { KubeObject } from '../../cluster/kube-object';
import { ExactNumber, isObject } from '../document';
import { markAnnotation, originAnnotation, replicatedByLabel } from '../replica/marks';
import { withoutLaterDefaults } from './later-defaults';
import { backupLabel, restoreLabel } from './restore-labels';

/**
 * The paths at which two objects differ, `spec.replicas`, without a value: a Secret's stay unseen. At most `limit`.
 * Both have been through `prepare`, so that what the cluster gives is in neither.
 */
export function differences(wanted: KubeObject, present: KubeObject, limit = 20): string[] {
  const found: string[] = [];
  compare(comparable(wanted), comparable(withoutLaterDefaults(wanted, present)), '', found, limit);
  return found;
}

/** JSON values are equal; exact numbers when they mean the same number. */
export function sameValue(left: unknown, right: unknown): boolean {
  const found: string[] = [];
  compare(left, right, '', found, 1);
  return found.length === 0;
}

/** Without what a restore adds itself, and with empty and absent taken for the same. */
function comparable(object: KubeObject): Record<string, unknown> {
  const { labels, managedFields: _fields, annotations, ...metadata } = object.metadata;
  const { [backupLabel]: _backup, [restoreLabel]: _restore, [replicatedByLabel]: _by, ...own } = labels ?? {};
  const { [markAnnotation]: _mark, [originAnnotation]: _origin, ...noted } = annotations ?? {};
  // Servers from 1.21 on put it on every namespace.
  delete own['kubernetes.io/metadata.name'];
  return {
    ...object,
    metadata: { ...metadata, labels: own, annotations: noted },
  };
}

function compare(left: unknown, right: unknown, path: string, found: string[], limit: number): void {
  if (found.length >= limit) return;
  if (isPlain(left) && isPlain(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const segment = /^[\w-]+$/.test(key) ? key : `["${key}"]`;
      const inner = path === '' || segment.startsWith('[') ? path + segment : `${path}.${segment}`;
      compare(left[key], right[key], inner, found, limit);
    }
    return;
  }
  if (Array.isArray(left) && Array.isArray(right) && left.length === right.length) {
    left.forEach((value, index) => {
      compare(value, right[index], `${path}[${index}]`, found, limit);
    });
    return;
  }
  if (!equal(left, right)) found.push(path);
}

function equal(left: unknown, right: unknown): boolean {
  if (left === right || (isEmpty(left) && isEmpty(right))) return true;
  return (
    isNumeric(left) && isNumeric(right) && sameNumber(String(numberText(left)), String(numberText(right)))
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !(value instanceof ExactNumber);
}

/** What Go leaves out of JSON: the API server may or may not write these. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isPlain(value) && Object.keys(value).length === 0;
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
