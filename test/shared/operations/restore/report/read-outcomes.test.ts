import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { OutcomeLines } from '../../../../../shared/operations/restore/report/outcome-lines';
import type { ObjectOutcome } from '../../../../../shared/operations/restore/report/outcome';
import { readOutcomes } from '../../../../../shared/operations/restore/report/read-outcomes';
import { MemoryStore } from '../../../../harness/memory-store';

const key = 'restores/r/r-lifeboat.json.gz';

function read(bytes: Buffer): Promise<ObjectOutcome[]> {
  const store = new MemoryStore();
  store.memory.write(key, bytes);
  return readOutcomes(store, 'r');
}

const outcome = (name: string): ObjectOutcome => ({
  groupResource: 'configmaps',
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  name,
  outcome: 'failed',
  reason: 'the webhook refused it: '.repeat(50),
});

describe('the outcomes of a restore, read from its vault', () => {
  it('are those that a restore wrote, also of four thousand objects that failed for one reason', async () => {
    const lines = new OutcomeLines();
    for (let index = 0; index < 4_000; index++) lines.add(outcome(`c${index}`));
    const outcomes = await read(lines.gzip());
    expect(outcomes).toHaveLength(4_000);
    expect(outcomes.at(-1)).toEqual(outcome('c3999'));
  });

  it.each<[string, Buffer, string]>([
    ['that unpack a thousandfold', gzipSync(Buffer.alloc(64 << 20, ' ')), 'a line of more than'],
    ['of millions of empty lines', gzipSync(Buffer.alloc(2 << 20, '\n')), 'a line that is not JSON'],
    ['with one line without end', gzipSync(noise(6 << 20)), 'a line of more than'],
    ['with a line that is not JSON', gzipSync('{"kind":'), 'is not JSON'],
    ['with a line that is no outcome', gzipSync('[[[[]]]]\n'), 'no outcome of an object'],
    [
      'with a name that is no text',
      gzipSync('{"groupResource":"a","kind":"A","name":5,"outcome":"x"}\n'),
      'no outcome',
    ],
    ['that are no gzip', Buffer.from('text'), 'is not a readable gzip'],
    ['that are cut off', gzipSync('{}').subarray(0, 8), 'cut off'],
  ])('%s are one error that names them', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(new RegExp(`^${key}[^\\n]*${message}`)),
    });
  });

  it('that are missing are not-found', async () => {
    await expect(readOutcomes(new MemoryStore(), 'r')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

/** Bytes that hardly shrink, without a line feed. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = 0x20 + (state >>> 26);
  }
  return bytes;
}
