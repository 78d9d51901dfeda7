import { LifeboatError } from '../../shared/platform/errors';
import { readTextFile } from '../text-file';

type ReadText = (file: string) => Promise<string>;

/** Reads a file that holds a map in YAML. Throws `invalid` naming the file; `hint` says where its fields are described. */
export async function yamlMapIn(
  file: string,
  hint: string,
  readText: ReadText = readTextFile,
): Promise<Record<string, unknown>> {
  return yamlMap(await readText(file), file, hint);
}

/** As `yamlMapIn`, of a file that may be the ConfigMap instead in which Velero keeps the map as its one entry. */
export async function configMapEntryIn(
  file: string,
  hint: string,
  readText: ReadText = readTextFile,
): Promise<Record<string, unknown>> {
  const value = await yamlMapIn(file, hint, readText);
  if (value.kind !== 'ConfigMap') return value;
  const entries = Object.values((value.data ?? {}) as Record<string, string>);
  if (entries.length === 1) return yamlMap(entries[0]!, file, hint);
  throw new LifeboatError('invalid', `the ConfigMap in ${file} has ${entries.length} entries`, {
    hint: 'Velero takes one with exactly one entry',
  });
}

async function yamlMap(text: string, file: string, hint: string): Promise<Record<string, unknown>> {
  const { loadYaml } = await import('../../shared/platform/input/safe-yaml');
  let value: unknown;
  try {
    value = loadYaml(file, text);
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new LifeboatError('invalid', `${file} is not a map in YAML`, { hint });
}
