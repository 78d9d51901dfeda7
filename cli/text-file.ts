import { LifeboatError } from '../shared/platform/errors';

/** The text of a file, or of standard input for `-`. Throws `invalid` with the hint when it cannot be read. */
export async function readTextFile(file: string, hint = 'name a file that is there'): Promise<string> {
  try {
    if (file !== '-') return decoded(await (await import('node:fs/promises')).readFile(file));
    return decoded(await (await import('node:stream/consumers')).buffer(process.stdin));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new LifeboatError('invalid', `${file} cannot be read${absent ? ': there is no such file' : ''}`, {
      hint,
    });
  }
}

/** UTF-8, or UTF-16 by its first bytes: PowerShell writes that where a command's output goes into a file. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}

/** A file as messages name it. */
export function fileWords(file: string): string {
  return file === '-' ? 'standard input' : file;
}
