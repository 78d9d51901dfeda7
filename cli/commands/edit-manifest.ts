import { LifeboatError, messageOf } from '../../shared/platform/errors';
import type { CommandLine } from '../command-line';
import type { EditedFile } from '../editor';
import { readManifestFile, readManifestText } from '../manifest-text';
import { yamlDocument } from '../output/document';
import { assertNotOld } from '../../shared/app/apply/text-revision';

/** A manifest of one kind, and how an edited one is put in its place. */
export interface Editable<T> {
  was: T;
  /** Fields of its spec that a file may leave out: they stay. */
  setByLifeboat?: readonly string[];
  /** Checks and stores it; undefined when it says the same. */
  replace(manifest: unknown): Promise<T | undefined>;
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: object;
}

/**
 * Puts the manifest of a file, `-` for standard input, in the place of another. What `get` adds to it (`status`) is left
 * out. Throws `conflict` when that says that the text is old.
 */
export async function replaceByFile<T extends Manifest>(
  file: string,
  { was, setByLifeboat = [], replace }: Editable<T>,
): Promise<T | undefined> {
  const text = await readManifestFile(file);
  assertNotOld(text, was);
  return replace(withSpec(withoutStatus(text), setByLifeboat, was.spec));
}

/**
 * Lets a person edit a manifest, as `kubectl edit` does: what cannot be stored is shown again with the reason, until it can or
 * nothing is changed any more. Undefined when there is nothing to store; throws the last reason when the person gave up.
 */
export async function editInEditor<T extends Manifest>(
  line: CommandLine,
  { was, replace }: Editable<T>,
): Promise<T | undefined> {
  const what = `${was.kind.toLowerCase()} "${was.metadata.name}"`;
  const file = await line.openEditor?.(`${was.metadata.name}.yaml`);
  if (!file) {
    throw new LifeboatError('invalid', `${what}: nothing is to be changed`, {
      hint: 'give -f FILE, or set EDITOR to the program that you edit files with',
    });
  }
  let kept = false;
  try {
    return await rounds(file, what, await yamlDocument(was), replace);
  } catch (error) {
    kept = true;
    line.screen.note(`What you wrote is kept in ${file.path}`);
    throw error;
  } finally {
    if (!kept) await file.remove();
  }
}

async function rounds<T>(
  file: EditedFile,
  what: string,
  original: string,
  replace: Editable<T>['replace'],
): Promise<T | undefined> {
  let shown = `${remarks([
    `Edit ${what} below. Lines that begin with # are left out; an empty file changes nothing.`,
    'If it cannot be stored, it is shown again with the reason.',
  ])}\n${original}\n`;
  let fault: unknown;
  for (;;) {
    const written = await file.edit(shown);
    const content = withoutRemarks(written);
    // Saved as it was shown: nothing to do, or nothing more to try.
    if (content === '' || content === withoutRemarks(shown)) {
      if (fault !== undefined && content !== '') throw fault;
      return undefined;
    }
    try {
      return await replace(withoutStatus(readManifestText(content, what)));
    } catch (error) {
      fault = error;
      const { hint, kind } = error as Partial<LifeboatError>;
      // What is wrong with the text can be mended in it, and nothing else.
      if (kind !== 'invalid' && kind !== 'not-found') throw error;
      const reason = error instanceof LifeboatError ? error.message : messageOf(error);
      shown = `${remarks([reason, ...(hint ? [hint] : [])])}\n${content}\n`;
    }
  }
}

const remarks = (lines: readonly string[]) =>
  lines.map((each) => `# ${each.replaceAll('\n', ' ')}`).join('\n');

function withoutRemarks(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((each) => !each.startsWith('#'))
    .join('\n')
    .trim();
}

function withoutStatus(manifest: unknown): unknown {
  if (!isObject(manifest)) return manifest;
  const { status: _, ...rest } = manifest;
  return rest;
}

function withSpec(manifest: unknown, fields: readonly string[], earlier: object): unknown {
  if (!isObject(manifest) || !isObject(manifest.spec)) return manifest;
  const kept = Object.entries(earlier).filter(([field]) => fields.includes(field));
  return { ...manifest, spec: { ...Object.fromEntries(kept), ...manifest.spec } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
