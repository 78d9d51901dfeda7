import { describe, expect, it } from '@jest/globals';
import { checkOutcomePage, pageOf } from '../../../cli/options/outcome-page';
import type { ObjectOutcome } from '../../../shared/operations/restore/report/outcome';

const objects = Array.from({ length: 250 }, (_, at) => ({
  groupResource: 'configmaps',
  namespace: 'shop',
  name: `cm-${at}`,
  outcome: at % 50 === 0 ? 'failed' : 'created',
})) as unknown as ObjectOutcome[];

describe('pages of the objects of a restore', () => {
  it('are all of them, each once, in their order', () => {
    const pages = [1, 101, 201, 301].map((from) => pageOf(objects, { from, limit: 100 }));
    expect(pages.map(({ outcomes }) => outcomes.length)).toEqual([100, 100, 50, 0]);
    expect(pages.flatMap(({ outcomes }) => outcomes)).toEqual(objects);
    expect(pages.every(({ matching }) => matching === 250)).toBe(true);
  });

  it('are everything where nothing is said', () => {
    expect(pageOf(objects, {})).toEqual({ outcomes: objects, matching: 250 });
  });

  it('of an outcome count its objects alone', () => {
    const { outcomes, matching } = pageOf(objects, { outcome: ['failed'], from: 2, limit: 2 });
    expect(matching).toBe(5);
    expect(outcomes.map(({ name }) => name)).toEqual(['cm-50', 'cm-100']);
  });

  it('are refused by the flag that is wrong', () => {
    expect(() => checkOutcomePage({ outcome: ['lost'] }, 'json')).toThrow('--outcome lost');
    expect(() => checkOutcomePage({ from: 0 }, 'json')).toThrow('--from 0 is below 1');
    expect(() => checkOutcomePage({ limit: -1 }, 'yaml')).toThrow('--limit -1 is below 1');
    expect(() => checkOutcomePage({ limit: 10 }, undefined)).toThrow('text lists none');
    expect(() => checkOutcomePage({}, undefined)).not.toThrow();
  });
});
