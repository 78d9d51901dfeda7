import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { JSON_SCHEMA, load, loadAll, YAMLException } from 'js-yaml';
import { LifeboatError } from '../shared/errors';

/** What a person wrote as YAML or JSON; undefined for a text without anything. Throws `invalid` saying where it is wrong. */
export function readManifestText(content: string, what: string): unknown {
  return read(what, () => load(content, { schema: JSON_SCHEMA }) ?? undefined);
}

/** As `readManifestText`, of a text that may hold several with `---` between; empty ones are left out. */
export function readManifestTexts(content: string, what: string): unknown[] {
  const all = read(what, () => loadAll(content, { schema: JSON_SCHEMA }));
  return all.filter((one) => one !== null && one !== undefined && one !== '');
}

function read<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? ` in line ${error.mark.line + 1}` : '';
    throw new LifeboatError('invalid', `${what} is not YAML${line}: ${error.reason}`, { hint: 'correct it' });
  }
}

/** The text of a file, or of standard input for `-`. Throws `invalid` when it cannot be read. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch {
    throw new LifeboatError('invalid', `${file} cannot be read`, { hint: 'name a file that is there' });
  }
}
