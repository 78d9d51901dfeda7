import { isUtf8 } from 'node:buffer';
import type { ItemRef } from '../archive-types';

/**
 * Why these bytes are not the object that the path names, or undefined when they are. Quotes nothing of the content.
 * @param depth brackets within brackets that are accepted
 */
export function itemProblem(ref: ItemRef, body: Buffer, depth: number): string | undefined {
  if (!isUtf8(body)) return 'is not UTF-8';
  if (isDeeper(body, depth)) return `nests deeper than ${depth} levels`;
  let object: unknown;
  try {
    object = JSON.parse(body.toString('utf8'));
  } catch {
    return 'is not valid JSON';
  }
  if (!isObject(object)) return 'is not a JSON object';
  const { apiVersion, kind, metadata } = object;
  if (typeof kind !== 'string' || kind === '') return 'names no kind';
  if (typeof apiVersion !== 'string' || apiVersion === '') return 'names no apiVersion';
  if (groupOf(apiVersion) !== groupOfResource(ref.groupResource))
    return 'is of another API group than its path';
  if (!isObject(metadata)) return 'has no metadata';
  if (metadata.name !== ref.name) return 'has another name than its path';
  if ((metadata.namespace || undefined) !== ref.namespace) return 'is of another namespace than its path';
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `apps/v1` → `apps`, `v1` → ``. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** `deployments.apps` → `apps`, `pods` → ``. */
export function groupOfResource(groupResource: string): string {
  const dot = groupResource.indexOf('.');
  return dot === -1 ? '' : groupResource.slice(dot + 1);
}

const quote = 0x22;
const backslash = 0x5c;

/** Recursive code downstream must not be brought to overflow its stack. */
function isDeeper(body: Buffer, limit: number): boolean {
  let openers = 0;
  for (let at = 0; at < body.length; at++) if ((body[at]! & 0xdf) === 0x5b) openers++;
  if (openers <= limit) return false;
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === quote) {
      for (at++; at < body.length && body[at] !== quote; at++) if (body[at] === backslash) at++;
    } else if ((byte & 0xdf) === 0x5b) {
      if (++depth > limit) return true;
    } else if ((byte & 0xdf) === 0x5d) {
      depth--;
    }
  }
  return false;
}
