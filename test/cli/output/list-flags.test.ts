import { describe, expect, it } from '@jest/globals';
import { showList } from '../../../cli/output/list-flags';
import { start } from '../command-in-memory';

interface Thing {
  metadata: { name: string; labels?: Record<string, string> };
  phase: string;
}

const listing = {
  what: 'things',
  headings: ['name', 'phase'],
  row: ({ metadata, phase }: Thing) => [metadata.name, phase],
};
const thing = (name: string, phase: string): Thing => ({ metadata: { name, labels: { of: 'shop' } }, phase });

async function printed(flags: Parameters<typeof showList>[2], looks: Thing[][]): Promise<string> {
  const { line, clock } = await start();
  let out = '';
  line.screen.out = (text) => {
    out += `${text}\n`;
  };
  const ended = new AbortController();
  const left = [...looks];
  await showList(
    { ...line, clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep: async () => {} } },
    listing,
    flags,
    async () => {
      const items = left.shift()!;
      if (left.length === 0) ended.abort();
      return { items };
    },
    ended.signal,
  );
  return out;
}

describe('a list', () => {
  it('is shown wide with its labels', async () => {
    expect(await printed({ output: 'wide' }, [[thing('a', 'New')]])).toBe(
      'NAME   PHASE   LABELS\na      New     of=shop\n',
    );
  });

  it('is watched: all at first, then what is new or another, without headings', async () => {
    const looks = [
      [thing('a', 'New'), thing('b', 'New')],
      [thing('a', 'New'), thing('b', 'New')],
      [thing('a', 'Completed'), thing('b', 'New'), thing('c', 'New')],
      [thing('b', 'New')],
    ];
    expect(await printed({ watch: true }, looks)).toBe(
      'NAME   PHASE\na      New\nb      New\na      Completed\nc      New\n',
    );
  });
});
