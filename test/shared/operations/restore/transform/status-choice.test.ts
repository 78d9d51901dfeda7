import { describe, expect, it } from '@jest/globals';
import { StatusChoice } from '../../../../../shared/operations/restore/transform/status-choice';

const asTheyAre = (names: string[] | undefined) => names;
const object = (restoreStatus?: string) => ({
  metadata: {
    name: 'a',
    ...(restoreStatus && { annotations: { 'velero.io/restore-status': restoreStatus } }),
  },
});

describe('StatusChoice', () => {
  it('wants the statuses that the request names, and lets the annotation of an object overrule it', () => {
    const choice = new StatusChoice({ includedResources: ['jobs.batch'] }, asTheyAre);
    expect(choice.wanted('jobs.batch', object())).toBe(true);
    expect(choice.wanted('pods', object())).toBe(false);
    expect(choice.wanted('jobs.batch', object('false'))).toBe(false);
    expect(choice.wanted('pods', object('true'))).toBe(true);
  });

  it('never wants the status of a definition, whatever is asked for', () => {
    const choice = new StatusChoice({ includedResources: ['*'] }, asTheyAre);
    expect(choice.wanted('customresourcedefinitions.apiextensions.k8s.io', object('true'))).toBe(false);
  });

  it('drops a status that is ordinary data only where somebody does not want it', () => {
    const choice = new StatusChoice(
      { includedResources: ['jobs.batch'], excludedResources: ['widgets.example.com'] },
      asTheyAre,
    );
    expect(choice.unwanted('gadgets.example.com', object())).toBe(false);
    expect(choice.unwanted('widgets.example.com', object())).toBe(true);
    expect(choice.unwanted('widgets.example.com', object('true'))).toBe(false);
    expect(choice.unwanted('gadgets.example.com', object('false'))).toBe(true);
  });
});
