import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../../shared/platform/kubernetes/kube-object';
import { lostFields } from '../../../../../../shared/operations/restore/decide/existing/lost-fields';

const text = { type: 'string' };
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const version = (name: string, properties: object, more: object = {}) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', properties } },
  ...more,
});
const crd = (versions: object[], more: object = {}): KubeObject => ({
  metadata: { name: 'widgets.example.com' },
  spec: { versions, ...more },
});
const stored = { storage: true };
/** What is lost when one schema follows another. */
const between = (before: object, after: object) =>
  lostFields(crd([version('v1', after, stored)]), crd([version('v1', before, stored)]));

describe('lostFields', () => {
  it('finds nothing between equal definitions, nor in one that knows more', () => {
    expect(between({ a: text }, { a: text })).toEqual([]);
    expect(between({ a: text }, { a: text, b: text })).toEqual([]);
  });

  it('names removed fields at any depth, a removed object by its root', () => {
    const object = (properties: object) => ({ type: 'object', properties });
    const list = (properties: object) => ({ type: 'array', items: object(properties) });
    expect(
      between(
        { spec: object({ a: text, b: text, c: object({ d: text }), e: list({ f: text, g: text }) }) },
        { spec: object({ a: text, e: list({ g: text }) }) },
      ),
    ).toEqual(['v1 spec.b', 'v1 spec.c', 'v1 spec.e[].f']);
    const map = (values?: object) => ({ type: 'object', additionalProperties: values });
    expect(between({ m: map(object({ a: text })) }, { m: map(object({})) })).toEqual(['v1 m.*.a']);
    expect(between({ m: map(text) }, { m: object({}) })).toEqual(['v1 m.*']);
  });

  it('names fields that were kept unknown, and none below a level that keeps them', () => {
    expect(between({ spec: open }, { spec: { type: 'object' } })).toEqual(['v1 spec.*']);
    expect(between({ spec: { type: 'object', properties: { a: text } } }, { spec: open })).toEqual([]);
    const old = crd([version('v1', {}, stored)], { preserveUnknownFields: true });
    expect(lostFields(old, crd([version('v1', { a: text }, stored)]))).toEqual([]);
  });

  it('names versions that go or are no longer served, and another one to store in', () => {
    const now = crd([version('v1', {}), version('v1beta1', {}), version('v2', {}, stored)]);
    const before = crd([version('v1', {}, stored), version('v1beta1', {}, { served: false })]);
    expect(lostFields(before, now)).toEqual([
      'storage version v2 → v1',
      'version v1beta1, which is no longer served',
      'version v2',
    ]);
  });
});
