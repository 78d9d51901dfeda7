import { describe, expect, it } from '@jest/globals';
import { countOf, ResultsCollector } from '../../../../../shared/formats/vault/side-files/results';

describe('the results of a run', () => {
  it('count every error and keep within what a reader takes, however many there are', () => {
    const results = new ResultsCollector();
    for (let at = 0; at < 100_000; at++)
      results.error(`role ${at} ${'x'.repeat(200)}`, { namespace: `n-${at % 7}` });
    results.warn('one');
    const { errors, warnings } = results.results();
    expect(results.counts).toEqual({ errors: 100_000, warnings: 1 });
    expect(JSON.stringify(errors).length).toBeLessThan(5 << 20);
    expect(errors.velero).toEqual([expect.stringMatching(/^\d+ more errors are not in this list$/)]);
    expect(countOf(errors)).toBe(100_000);
    expect(countOf(warnings)).toBe(1);
  });
});
