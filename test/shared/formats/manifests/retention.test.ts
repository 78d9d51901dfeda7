import { describe, expect, it } from '@jest/globals';
import { parse } from '../../../../shared/platform/input/parse';
import { retentionSchema } from '../../../../shared/formats/manifests/retention';

const check = (rules: unknown) => parse(retentionSchema, rules, 'the rules');

describe('retention rules', () => {
  it('take restic’s words', () => {
    const rules = {
      keepLast: 3,
      keepHourly: 24,
      keepDaily: 7,
      keepWeekly: 4,
      keepMonthly: 12,
      keepYearly: 10,
      keepWithin: '2y5m7d3h',
      keepFailed: 2,
    };
    expect(check(rules)).toEqual(rules);
    expect(check({ keepWithin: '14d' })).toEqual({ keepWithin: '14d' });
  });

  it.each<[unknown, string, string]>([
    [{}, 'the rules: keeps nothing', 'at least one rule'],
    [{ keepDaily: undefined }, 'the rules: keeps nothing', 'at least one rule'],
    [{ keepDaily: 0 }, 'keepDaily keeps nothing', 'leave the rule out'],
    [{ keepLast: -1 }, 'keepLast is not a count', 'a whole number from 1'],
    [{ keepLast: 1.5 }, 'keepLast is not a count', 'a whole number from 1'],
    [{ keepLast: '3' }, 'keepLast must be a number', 'correct'],
    [{ keepDayly: 7 }, 'keepDayly is not a known field', 'spelling'],
    [{ 'keep-daily': 7 }, 'keep-daily is not a known field', 'spelling'],
    [{ keepWithin: '0d' }, 'keepWithin keeps nothing', 'leave the rule out'],
    [{ keepWithin: '720h0m0s' }, 'keepWithin is not a span', '14d'],
    [{ keepWithin: '2w' }, 'keepWithin is not a span', '14d'],
    [{ keepWithin: '-3d' }, 'keepWithin is not a span', '14d'],
    [{ keepWithin: '' }, 'keepWithin is not a span', '14d'],
    [{ keepWithin: 14 }, 'keepWithin must be a string', 'correct'],
    [[], 'the rules', ''],
    ['7', 'the rules', ''],
  ])('refuse %j with the reason', (rules, message, hint) => {
    let error: unknown;
    try {
      check(rules);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});
