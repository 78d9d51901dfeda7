import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fieldDiff } from '../../../../../shared/formats/manifests/modifiers/field-diff';
import { withoutSecretValues } from '../../../../../shared/formats/manifests/modifiers/secret-values';

const key = randomBytes(32);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    annotations: {
      team: 'shop',
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        data: { password: base64(password) },
      }),
    },
  },
  type: 'Opaque',
  data: { user: base64('admin'), password: base64(password) } as Record<string, string>,
});

describe('withoutSecretValues', () => {
  it('leaves no value in a diff, and tells the same from the different', () => {
    const [old, now] = [secret('hunter2'), secret('hunter3')];
    const changes = fieldDiff(withoutSecretValues(old, key), withoutSecretValues(now, key));
    expect(changes.map(({ path }) => path)).toEqual([
      'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
      'data.password',
    ]);
    const text = JSON.stringify([withoutSecretValues(old, key), changes]);
    for (const value of ['hunter2', base64('hunter2'), base64('hunter3'), base64('admin')]) {
      expect(text).not.toContain(value);
    }
    expect(text).toContain('"team":"shop"');
  });

  it('gives a value in data and in stringData the same hash, and another under another key or field', () => {
    const plain = { ...secret('x'), data: {}, stringData: { password: 'x', again: 'x' } };
    const hashes = withoutSecretValues(plain, key).stringData;
    expect(hashes.password).toBe(withoutSecretValues(secret('x'), key).data.password);
    expect(hashes.again).not.toBe(hashes.password);
    expect(withoutSecretValues(secret('x'), randomBytes(32)).data.password).not.toBe(hashes.password);
  });

  it('hides data that is shaped as no API server gives it', () => {
    const odd = { ...secret('x'), data: ['hunter2'] };
    expect(JSON.stringify(withoutSecretValues(odd, key).data)).not.toContain('hunter2');
  });

  it('leaves every other object alone', () => {
    const map = { ...secret('x'), kind: 'ConfigMap' };
    expect(withoutSecretValues(map, key)).toBe(map);
  });
});
