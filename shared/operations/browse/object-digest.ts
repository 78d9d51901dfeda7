import { createHash } from 'node:crypto';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { ExactNumber } from '../../platform/input/exact-number';

/** Tells one content from another: SHA-256 of the object with the keys of its maps in order, 32 bytes. */
export function objectDigest(object: KubeObject): Buffer {
  return createHash('sha256').update(canonical(object)).digest();
}

/** Null and empty are as good as absent: Go may or may not write them. */
function canonical(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? '';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, item]) => !isEmpty(item))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${members.join(',')}}`;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object' || value instanceof ExactNumber) return false;
  return Object.keys(value).length === 0;
}
