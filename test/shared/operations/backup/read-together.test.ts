import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTogether } from '../../../../shared/operations/backup/read-together';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('sources read together', () => {
  it('give all they have, each in its own order, whatever their speed', async () => {
    const source = fc.array(fc.nat({ max: 3 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(source, { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (sources, parallel) => {
          const open = sources.map(
            (delays, index) =>
              async function* () {
                for (const [at, delay] of delays.entries()) {
                  for (let turns = 0; turns < delay; turns++) await turn();
                  yield { index, at };
                }
              },
          );
          const values = await collect(readTogether(open, parallel));
          for (const [index, delays] of sources.entries()) {
            const own = values.filter((value) => value.index === index);
            expect(own.map(({ at }) => at)).toEqual(delays.map((_, at) => at));
          }
          expect(values).toHaveLength(sources.flat().length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('stay with a source as long as it has a value ready', async () => {
    const open = ['a', 'b', 'c'].map(
      (name) =>
        async function* () {
          for (let at = 0; at < 4; at++) yield `${name}${at}`;
        },
    );
    const seen: string[] = [];
    for await (const value of readTogether(open, 3)) {
      seen.push(value);
      for (let turns = 0; turns < 5; turns++) await turn();
    }
    expect(seen).toEqual(['a', 'b', 'c'].flatMap((name) => [0, 1, 2, 3].map((at) => `${name}${at}`)));
  });

  it('do not wait for a source that is slow', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = async function* () {
      await held;
      yield 'slow';
    };
    const quick = async function* () {
      yield 'quick';
    };
    const values = readTogether([slow, quick, quick], 2);
    expect([await values.next(), await values.next()].map(({ value }) => value)).toEqual(['quick', 'quick']);
    release();
    expect(await collect(values)).toEqual(['slow']);
  });

  it('ask for the next value before the one before is worked on, and for no more', async () => {
    let asked = 0;
    const source = async function* () {
      for (;;) yield ++asked;
    };
    const values = readTogether([source], 4);
    expect((await values.next()).value).toBe(1);
    expect(asked).toBe(2);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(asked).toBe(2);
    await values.return();
  });

  it('open no more sources at once than they may, and hold one value of each', async () => {
    let made = 0;
    const open = Array.from(
      { length: 9 },
      () =>
        async function* () {
          for (let at = 0; at < 100; at++) {
            await turn();
            yield made++;
          }
        },
    );
    const values = readTogether(open, 4);
    await values.next();
    for (let turns = 0; turns < 50; turns++) await turn();
    expect(made).toBe(1 + 4);
    await values.return();
  });

  it('end with what one of them throws', async () => {
    const good = async function* () {
      yield 'first';
      await turn();
    };
    const bad = async function* () {
      await turn();
      yield 'second';
      throw new Error('broke');
    };
    await expect(collect(readTogether([good, bad, good], 3))).rejects.toThrow('broke');
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
    const values = readTogether(open, 2);
    await values.next();
    await values.return();
    expect(closed).toBe(2);
  });
});
