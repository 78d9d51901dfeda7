import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prefetchInOrder } from '../../../shared/backup/prefetch';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('sources read ahead', () => {
  it('come out in the order of the sources, whatever their speed and the budget', async () => {
    const source = fc.array(fc.nat({ max: 3 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(source, { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 10 }),
        async (sources, parallel, budget) => {
          const open = sources.map(
            (delays, index) =>
              async function* () {
                for (const [at, delay] of delays.entries()) {
                  for (let turns = 0; turns < delay; turns++) await turn();
                  yield `${index}.${at}`;
                }
              },
          );
          const values = await collect(prefetchInOrder(open, { parallel, budget, weigh: () => 1 }));
          expect(values).toEqual(sources.flatMap((delays, index) => delays.map((_, at) => `${index}.${at}`)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('hold no more than the budget and what the parallel sources have in hand', async () => {
    let made = 0;
    const open = Array.from(
      { length: 4 },
      () =>
        async function* () {
          for (let at = 0; at < 100; at++) yield made++;
        },
    );
    const values = prefetchInOrder(open, { parallel: 4, budget: 5, weigh: () => 1 });
    await values.next();
    for (let turns = 0; turns < 50; turns++) await turn();
    // Five may wait, two more of the first, and each of the four holds one that it could not yet hand over.
    expect(made).toBeLessThanOrEqual(1 + 5 + 2 + 4);
    await values.return();
  });

  it('throw what a source throws in its turn, after all that came before it', async () => {
    const good = async function* () {
      await turn();
      yield 'first';
    };
    const bad = async function* () {
      yield 'second';
      throw new Error('broke');
    };
    const seen: string[] = [];
    const reading = async () => {
      for await (const value of prefetchInOrder([good, bad, good], {
        parallel: 3,
        budget: 100,
        weigh: () => 1,
      }))
        seen.push(value);
    };
    await expect(reading()).rejects.toThrow('broke');
    expect(seen).toEqual(['first', 'second']);
  });

  it('are closed when the reader stops early', async () => {
    let closed = 0;
    const open = Array.from(
      { length: 3 },
      () =>
        async function* () {
          try {
            for (;;) {
              await turn();
              yield 1;
            }
          } finally {
            closed++;
          }
        },
    );
    const values = prefetchInOrder(open, { parallel: 2, budget: 3, weigh: () => 1 });
    await values.next();
    await values.return();
    expect(closed).toBe(2);
  });
});
