import { describe, expect, it } from '@jest/globals';
import { OutputTail } from '../../../../shared/platform/kubernetes/output-tail';

function written(...chunks: (string | Buffer)[]): OutputTail {
  const tail = new OutputTail();
  for (const chunk of chunks) tail.add('stdout', Buffer.from(chunk as string));
  return tail;
}

describe('the end of an output', () => {
  it('is its last 20 lines', async () => {
    const all = Array.from({ length: 50 }, (_, n) => `line ${n}`);
    expect(await written(`${all.join('\n')}\n`).lastLines()).toEqual(all.slice(-20));
  });

  it('is nothing where nothing was written', async () => {
    expect(await written().lastLines()).toEqual([]);
  });

  it('holds no more than 4 KB, of the last lines', async () => {
    const lines = await written(`${'ä'.repeat(3000)}\nshort`).lastLines();
    expect(lines.at(-1)).toBe('short');
    expect(lines[0]).toMatch(/^…ä+$/);
    expect(Buffer.byteLength(lines.join(''))).toBeLessThanOrEqual(4_100);
  });

  it('puts a line together that came in pieces, in the middle of a character and between lines of the other stream', async () => {
    const tail = new OutputTail();
    const bytes = Buffer.from('grün\n');
    tail.add('stdout', bytes.subarray(0, 3));
    tail.add('stderr', Buffer.from('warning\n'));
    tail.add('stdout', bytes.subarray(3));
    expect(await tail.lastLines()).toEqual(['warning', 'grün']);
  });

  it('has no control characters, colours or turned text', async () => {
    const [line] = await written(
      '\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007a\tb\r\u202ec\u0000\n',
    ).lastLines();
    expect(line).toBe('red a bc');
  });

  it('is masked as a whole, with more than is shown, and with control characters gone', async () => {
    const secret = 'correct horse battery staple';
    const mask = async (text: string) => text.replaceAll(secret, '***');
    const split = `${secret.slice(0, 9)}\u0000${secret.slice(9)}`;
    expect(await written(`a ${split}\n`).lastLines(mask)).toEqual(['a ***']);
    // It begins before the 4 KB that are shown.
    const long = await written(`${secret}${'x'.repeat(4090)}`).lastLines(mask);
    expect(long.join('')).not.toContain('staple');
  });
});
