import { sha256Hex } from '../../../platform/sha256';
import { jsonBytes } from '../../../formats/state/json-object';

/** A sealed secret in a manifest. */
export interface SealedField {
  /** With dots: `spec.sealedKubeconfig`. */
  path: string;
  value: unknown;
}

/** What is sealed in a manifest, whoever sealed it and how: every object that carries a ciphertext. */
export function sealedFields(manifest: unknown, path: readonly string[] = []): SealedField[] {
  if (manifest === null || typeof manifest !== 'object') return [];
  if (typeof (manifest as { ciphertext?: unknown }).ciphertext === 'string')
    return [{ path: path.join('.'), value: manifest }];
  return Object.entries(manifest).flatMap(([name, value]) => sealedFields(value, [...path, name]));
}

/** The manifest without one of its fields. */
export function withoutField(manifest: unknown, path: string): unknown {
  return changed(manifest, path.split('.'), undefined);
}

/** The manifest with one of its fields set. */
export function withField(manifest: unknown, path: string, value: unknown): unknown {
  return changed(manifest, path.split('.'), value);
}

function changed(object: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(object))
    return object.map((item, index) => (String(index) === name ? changed(item, rest, value) : item));
  const { [name]: before, ...others } = (object ?? {}) as Record<string, unknown>;
  const after = changed(before, rest, value);
  return after === undefined ? others : { ...others, [name]: after };
}

/** Tells one sealed secret from another: SHA-256 of its JSON, hex. */
export function sealedDigest(value: unknown): string {
  return sha256Hex(jsonBytes(value));
}
