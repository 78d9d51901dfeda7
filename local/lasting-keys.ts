import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MachineKeys, newMachineKeys } from './one-machine';

/**
 * The keys of a machine, in `keys.json`: those of an earlier start, without which nothing that was sealed could be opened again,
 * and for those that it did not have yet new ones.
 */
export async function lastingKeys(directory: string): Promise<MachineKeys> {
  const file = join(directory, 'keys.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const earlier: Partial<MachineKeys> = text === undefined ? {} : JSON.parse(text);
  const keys = { ...newMachineKeys(), ...earlier };
  if (Object.keys(earlier).length < Object.keys(keys).length)
    await writePrivately(file, `${JSON.stringify(keys, null, 2)}\n`);
  return keys;
}

/** Whole or not at all, and for its owner alone. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const part = `${file}.${randomUUID()}`;
  await writeFile(part, text, { mode: 0o600 });
  await rename(part, file);
}
