import { LifeboatError } from '../shared/errors';

/** The text of a file, or of standard input for `-`. Throws `invalid` with the hint when it cannot be read. */
export async function readTextFile(file: string, hint = 'name a file that is there'): Promise<string> {
  try {
    if (file !== '-') return await (await import('node:fs/promises')).readFile(file, 'utf8');
    return await (await import('node:stream/consumers')).text(process.stdin);
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new LifeboatError('invalid', `${file} cannot be read${absent ? ': there is no such file' : ''}`, {
      hint,
    });
  }
}

/** A file as messages name it. */
export function fileWords(file: string): string {
  return file === '-' ? 'standard input' : file;
}
