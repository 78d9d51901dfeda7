import { describe, expect, it } from '@jest/globals';
import { finishedKinds } from '../../../../../shared/formats/manifests/finished-kinds';
import { parse } from '../../../../../shared/platform/input/parse';
import { transformsSchema } from '../../../../../shared/formats/manifests/modifiers/transforms';
import { finishedReason } from '../../../../../shared/operations/restore/decide/finished';

const reasonOf = (groupResource: string, status: unknown, kinds = finishedKinds()) =>
  finishedReason(
    { groupResource, namespace: 'ci', name: 'a' },
    { kind: 'Thing', metadata: { name: 'a' }, status } as never,
    kinds,
  );
const condition = (type: string, status: string, reason?: string) => ({
  conditions: [{ type, status, reason }],
});

describe('finishedReason', () => {
  it.each([
    ['workflows.argoproj.io', { phase: 'Succeeded' }],
    ['workflows.argoproj.io', { phase: 'Error' }],
    ['pipelineruns.tekton.dev', condition('Succeeded', 'False', 'PipelineRunTimeout')],
    ['taskruns.tekton.dev', condition('Succeeded', 'True')],
    ['certificaterequests.cert-manager.io', condition('Ready', 'True', 'Issued')],
    ['certificaterequests.cert-manager.io', condition('Ready', 'False', 'Denied')],
    ['orders.acme.cert-manager.io', { state: 'valid' }],
    ['challenges.acme.cert-manager.io', { state: 'expired' }],
  ])('knows the end of %s %j', (groupResource, status) => {
    expect(reasonOf(groupResource, status)).toBe('the Thing has ended and is not run again');
  });

  it.each([
    ['workflows.argoproj.io', { phase: 'Running' }],
    ['workflows.argoproj.io', undefined],
    ['pipelineruns.tekton.dev', condition('Succeeded', 'Unknown')],
    ['certificaterequests.cert-manager.io', condition('Ready', 'False', 'Pending')],
    ['orders.acme.cert-manager.io', { state: 'pending' }],
    ['certificates.cert-manager.io', condition('Ready', 'True')],
  ])('restores %s %j', (groupResource, status) => {
    expect(reasonOf(groupResource, status)).toBeUndefined();
  });

  it("takes a user's rows, also in the place of its own", () => {
    const { finished } = parse(
      transformsSchema,
      {
        finished: {
          'imports.example.com': [{ path: 'status.result', values: ['done'] }, { path: 'status.ended' }],
          'workflows.argoproj.io': [],
        },
      },
      'the transforms',
    );
    const kinds = finishedKinds(finished);
    expect(reasonOf('imports.example.com', { result: 'done' }, kinds)).toBeDefined();
    expect(reasonOf('imports.example.com', { ended: '2026-01-01' }, kinds)).toBeDefined();
    expect(reasonOf('imports.example.com', { result: 'new' }, kinds)).toBeUndefined();
    expect(reasonOf('workflows.argoproj.io', { phase: 'Succeeded' }, kinds)).toBeUndefined();
  });

  it('refuses a row that says nowhere where an end is told', () => {
    const wrong = { finished: { 'imports.example.com': [{ field: 'status' }] } };
    expect(() => parse(transformsSchema, wrong, 'the transforms')).toThrow(/finished.*does not say where/s);
  });
});
