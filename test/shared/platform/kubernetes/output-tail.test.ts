import { describe, expect, it } from '@jest/globals';
import { lastLines, OutputTail } from '../../../../shared/platform/kubernetes/output-tail';

function written(...chunks: (string | Buffer)[]): OutputTail {
  const tail = new OutputTail();
  for (const chunk of chunks) tail.add('stdout', Buffer.from(chunk as string));
  return tail;
}

describe('the end of an output', () => {
  it('is its last 20 lines', () => {
    const all = Array.from({ length: 50 }, (_, n) => `line ${n}`);
    expect(lastLines(written(`${all.join('\n')}\n`).text())).toEqual(all.slice(-20));
  });

  it('is nothing where nothing was written', () => {
    expect(lastLines(written().text())).toEqual([]);
  });

  it('holds no more than 4 KB, of the last lines', () => {
    const lines = lastLines(written(`${'ä'.repeat(3000)}\nshort`).text());
    expect(lines.at(-1)).toBe('short');
    expect(lines[0]).toMatch(/^…ä+$/);
    expect(Buffer.byteLength(lines.join(''))).toBeLessThanOrEqual(4_100);
  });

  it('puts a line together that came in pieces, in the middle of a character and between lines of the other stream', () => {
    const tail = new OutputTail();
    const bytes = Buffer.from('grün\n');
    tail.add('stdout', bytes.subarray(0, 3));
    tail.add('stderr', Buffer.from('warning\n'));
    tail.add('stdout', bytes.subarray(3));
    expect(lastLines(tail.text())).toEqual(['warning', 'grün']);
  });

  it('has no control characters, colours or turned text', () => {
    const coloured = '\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007a\tb\r\u202ec\u0000\n';
    expect(written(coloured).text()).toBe('red a bc');
  });

  it('keeps more than is shown, for a mask to look in', () => {
    const text = written(`secret${'x'.repeat(6000)}`).text();
    expect(text).toContain('secret');
    expect(lastLines(text).join('')).not.toContain('secret');
  });
});
