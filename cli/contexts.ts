import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LifeboatError } from '../shared/platform/errors';
import { isName } from '../shared/platform/input/names';

/** The context of the system that `lifeboat local` runs in a folder. */
export const localContext = 'local';

/** Which installation a context names. Holds no secret: credentials and keys stay in the environment. */
export interface Context {
  LIFEBOAT_STATE: string;
  LIFEBOAT_REGION: string;
  LIFEBOAT_ACCOUNT_ID?: string;
  LIFEBOAT_NETWORK_TYPE?: string;
}

export interface Contexts {
  /** Name of the one that is used where nothing else is said. */
  current?: string;
  contexts: Record<string, Context>;
}

/** `~/.config/lifeboat/contexts.json`, or LIFEBOAT_CONTEXTS. */
export function contextsFile(environment: NodeJS.ProcessEnv): string {
  const home = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config');
  return environment.LIFEBOAT_CONTEXTS || join(home, 'lifeboat', 'contexts.json');
}

/** None when there is no file. Throws `corrupt` when it cannot be read. */
export async function readContexts(file: string): Promise<Contexts> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { contexts: {} };
  try {
    const read = JSON.parse(text) as Contexts;
    if (typeof read.contexts === 'object' && read.contexts !== null) return read;
  } catch {
    // Said below, as for a file that holds something else.
  }
  throw new LifeboatError('corrupt', `${file} cannot be read`, { hint: 'mend or delete it' });
}

/** Throws `invalid` for a name that is none. */
export async function addContext(file: string, name: string, context: Context): Promise<void> {
  if (!isName(name) || name === localContext) {
    throw new LifeboatError('invalid', `"${name.slice(0, 80)}" is not a name for a context`, {
      hint: `use lower-case letters, digits and hyphens, and not ${localContext}`,
    });
  }
  const { contexts, ...rest } = await readContexts(file);
  await write(file, { ...rest, contexts: { ...contexts, [name]: context } });
}

/** Throws `not-found`. */
export async function useContext(file: string, name: string): Promise<void> {
  const known = await readContexts(file);
  if (name !== localContext) contextOf(known, name);
  await write(file, { ...known, current: name });
}

/** Throws `not-found`. */
export async function deleteContext(file: string, name: string): Promise<void> {
  const { contexts, current } = await readContexts(file);
  contextOf({ contexts }, name);
  const { [name]: _, ...left } = contexts;
  await write(file, { contexts: left, ...(current !== undefined && current !== name && { current }) });
}

/** Throws `not-found` naming it. */
export function contextOf({ contexts }: Contexts, name: string): Context {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context) return context;
  throw new LifeboatError('not-found', `there is no context "${name}"`, {
    hint: `there are ${[localContext, ...Object.keys(contexts)].join(', ')}`,
  });
}

async function write(file: string, contexts: Contexts): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 });
}
