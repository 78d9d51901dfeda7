import { describe, expect, it } from '@jest/globals';
import { terminalScreen } from '../../../cli/output/screen';
import { printPieces, visible } from '../../../cli/output/visible';

/** What a command prints that is given a text from a vault. */
function printed(text: string, isTTY: boolean): string {
  let all = '';
  const stream = {
    isTTY,
    write: (piece: string) => {
      all += piece;
    },
  };
  const screen = terminalScreen({ stdout: stream, stderr: stream, env: {} } as never);
  screen.out(text);
  screen.note(screen.colors.red(text));
  return all;
}

describe('what a command prints', () => {
  it.each([
    '\u001b[2J',
    '\u001b]0;title\u0007',
    '\u001b[8mhidden',
    '\u009b2J',
    'a\rb',
    '\u202egnp.exe',
    '\0',
    '\u001bc',
  ])('steers no terminal: %j', (text) => {
    for (const isTTY of [true, false]) {
      const shown = printed(text, isTTY).replaceAll('\u001b[31m', '').replaceAll('\u001b[39m', '');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be in it.
      expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('keeps lines, tabs, letters of any language, and its own colours on a terminal alone', () => {
    expect(visible('a\n\tb 中文 é', false)).toBe('a\n\tb 中文 é');
    expect(printed('x', true)).toContain('\u001b[31mx');
    expect(printed('\u001b[31mx', false)).not.toContain('\u001b');
  });

  it('is a log whose pieces end within a character', async () => {
    let all = '';
    const bytes = Buffer.from('中\u001b[2J');
    const pieces = async function* () {
      yield bytes.subarray(0, 2);
      yield bytes.subarray(2);
    };
    await printPieces(pieces(), (text) => {
      all += text;
    });
    expect(all).toBe('中\\u001b[2J');
  });
});
