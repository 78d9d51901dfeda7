import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { KindRule } from './kind-rule';
import { tokenAccountAnnotation, tokenSecretType } from '../../../shared/formats/manifests/token-secret';
import { badRequest, invalidValue, requiredValue, type StatusCause } from '../http/status-error';

const base64 = /^[A-Za-z0-9+/\r\n]*={0,2}$/;

/** Secrets: stringData folded into data, a type, data that is base64, and an account for each token. */
export const secretRule: KindRule = {
  onCreate: foldStringData,
  onUpdate: (next) => foldStringData(next),
  validate: (next, _storage, previous) => [
    ...immutableData(next, previous),
    ...immutableField(next.type, previous?.type, 'type', previous),
    ...accountMissing(next),
  ],
};

function accountMissing({ type, metadata }: KubeObject): StatusCause[] {
  if (type !== tokenSecretType || metadata.annotations?.[tokenAccountAnnotation]) return [];
  return [requiredValue(`metadata.annotations[${tokenAccountAnnotation}]`)];
}

function foldStringData(secret: KubeObject): void {
  const data = { ...(secret.data as Record<string, string> | undefined) };
  for (const value of Object.values(data)) {
    if (typeof value === 'string' && base64.test(value)) continue;
    throw badRequest(
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
    );
  }
  for (const [key, value] of Object.entries((secret.stringData ?? {}) as Record<string, string>)) {
    data[key] = Buffer.from(value).toString('base64');
  }
  delete secret.stringData;
  if (Object.keys(data).length) secret.data = data;
  secret.type ??= 'Opaque';
}

export const configMapRule: KindRule = {
  onCreate: checkStrings,
  onUpdate: (next) => checkStrings(next),
  validate: (next, _storage, previous) => immutableData(next, previous),
};

function checkStrings(configMap: KubeObject): void {
  for (const value of Object.values((configMap.data ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string') continue;
    throw badRequest(
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal ${typeof value} into Go ` +
        'struct field ConfigMap.data of type string',
    );
  }
}

function immutableData(next: KubeObject, previous?: KubeObject): StatusCause[] {
  if (previous?.immutable !== true) return [];
  const causes: StatusCause[] = [];
  for (const field of ['immutable', 'data', 'binaryData']) {
    if (isDeepStrictEqual(next[field], previous[field])) continue;
    causes.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: field is immutable when `immutable` is set',
      field,
    });
  }
  return causes;
}

/** A rule for fields that may not change once an object exists. */
export function immutable(...fields: string[]): KindRule {
  const read = (object: KubeObject | undefined, path: string) =>
    path
      .split('.')
      .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], object);
  return {
    validate: (next, _storage, previous) =>
      fields.flatMap((path) => immutableField(read(next, path), read(previous, path), path, previous)),
  };
}

function immutableField(
  next: unknown,
  previous: unknown,
  field: string,
  object: KubeObject | undefined,
): StatusCause[] {
  if (!object || isDeepStrictEqual(next, previous)) return [];
  return [invalidValue(field, next ?? null, 'field is immutable')];
}
