import { JSON_SCHEMA, YAMLException } from 'js-yaml';
import { LifeboatError } from '../shared/platform/errors';
import { loadAllYaml, loadYaml } from '../shared/platform/input/safe-yaml';
import { fileWords, readTextFile } from './text-file';

/** What a person wrote as YAML or JSON; undefined for a text without anything. Throws `invalid` saying where it is wrong. */
export function readManifestText(content: string, what: string): unknown {
  return read(what, () => loadYaml(what, content, { schema: JSON_SCHEMA }) ?? undefined);
}

/** As `readManifestText`, of a file, or of standard input for `-`. */
export async function readManifestFile(file: string): Promise<unknown> {
  return readManifestText(await readTextFile(file), fileWords(file));
}

/** As `readManifestText`, of a text that may hold several with `---` between; empty ones are left out. */
export function readManifestTexts(content: string, what: string): unknown[] {
  const all = read(what, () => loadAllYaml(what, content, { schema: JSON_SCHEMA }));
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
