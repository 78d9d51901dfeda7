import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '../../../../../shared/operations/restore/document/document';
import { differences } from '../../../../../shared/operations/restore/transform/compare';

const parse = (json: string) =>
  parseDocument(Buffer.from(`{"metadata":{"name":"a"},"spec":${json}}`), 'test');
const between = (left: string, right: string) => differences(parse(left), parse(right));

describe('differences', () => {
  it('names the paths and no value', () => {
    expect(between('{"a":{"b.c":1,"d":[1,2]},"e":"x"}', '{"a":{"b.c":2,"d":[1,3]},"e":"y"}')).toEqual([
      'spec.a["b.c"]',
      'spec.a.d[1]',
      'spec.e',
    ]);
  });

  it.each([
    ['{"a":null}', '{}'],
    ['{"a":1.0}', '{"a":1}'],
    ['{"a":1e2}', '{"a":100}'],
    ['{"a":9007199254740993}', '{"a":9007199254740993}'],
  ])('are none between %s and %s', (left, right) => {
    expect(between(left, right)).toEqual([]);
  });

  it.each([
    ['{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['{"a":"1"}', '{"a":1}'],
    ['{"a":false}', '{}'],
    ['{"a":[1]}', '{"a":[1,1]}'],
    ['{"a":{}}', '{"a":{"b":0}}'],
    ['{"a":{}}', '{}'],
    ['{"a":[]}', '{}'],
    ['{"a":[]}', '{"a":null}'],
    ['{"a":""}', '{}'],
  ])('are there between %s and %s', (left, right) => {
    expect(between(left, right)).not.toEqual([]);
  });

  it('are there between null and absent where a kind is not built in', () => {
    const custom = (spec: Record<string, unknown>) => ({
      apiVersion: 'example.com/v1',
      kind: 'Gadget',
      metadata: { name: 'a' },
      spec,
    });
    expect(differences(custom({ a: null }), custom({}))).toEqual(['spec.a']);
  });

  it('do not count what a restore adds, or who wrote which field', () => {
    const left = {
      metadata: { name: 'a', labels: { 'velero.io/restore-name': 'r', app: 'x' }, managedFields: [{}] },
    };
    const right = { metadata: { name: 'a', labels: { 'velero.io/backup-name': 'b', app: 'x' } } };
    expect(differences(left, right)).toEqual([]);
    expect(differences(left, { metadata: { name: 'a', labels: { app: 'y' } } })).toEqual([
      'metadata.labels.app',
    ]);
  });

  it('end at the limit', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index]));
    expect(
      differences({ metadata: { name: 'a' }, spec: many }, { metadata: { name: 'a' } }, 20).length,
    ).toBeLessThanOrEqual(20);
    expect(
      differences({ metadata: { name: 'a' }, spec: many }, { metadata: { name: 'a' }, spec: { z: 1 } }, 20),
    ).toHaveLength(20);
  });
});
