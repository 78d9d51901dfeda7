import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LifeboatError } from '../shared/platform/errors';
import { contextOf, contextsFile, localContext, readContexts } from './contexts';

/** Where `lifeboat local` leaves what the other commands need, below the folder that it was started in. Holds secrets: mode 600. */
export const contextFile = join('.lifeboat', 'context.json');

/** Writes the environment of the system that runs on this machine. */
export async function writeContext(file: string, environment: Record<string, string>): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify({ environment }, null, 2)}\n`, { mode: 0o600 });
}

/** The installation that a command works with. */
export interface ChosenInstallation {
  environment: NodeJS.ProcessEnv;
  /** For people, where no variable of the environment chose it: which, and why this one. */
  notice?: string;
}

/** As `commandEnvironment`, with what a person should know who did not choose the installation for this command. */
export async function chosenInstallation(environment: NodeJS.ProcessEnv): Promise<ChosenInstallation> {
  const chosen = await commandEnvironment(environment);
  if (environment.LIFEBOAT_STATE || environment.LIFEBOAT_CONTEXT) return { environment: chosen };
  const name = await currentContext(environment);
  const why = name === localContext ? 'the system of this folder' : 'the context in use';
  return { environment: chosen, notice: `Installation ${name}, ${why}: ${chosen.LIFEBOAT_STATE}` };
}

/** Why commands here do not work with the context in use; undefined when they do. */
export function overridden(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.LIFEBOAT_STATE) return `LIFEBOAT_STATE is set to ${environment.LIFEBOAT_STATE}`;
  if (environment.LIFEBOAT_CONTEXT && environment.LIFEBOAT_CONTEXT !== name)
    return `LIFEBOAT_CONTEXT is set to ${environment.LIFEBOAT_CONTEXT}`;
  if (!environment.LIFEBOAT_CONTEXT && name !== localContext && existsSync(contextFile))
    return `this folder has a system of its own (${contextFile})`;
  return undefined;
}

/**
 * The environment of a command: LIFEBOAT_* variables where LIFEBOAT_STATE is set, else the context that LIFEBOAT_CONTEXT
 * names, else what `lifeboat local` left in this folder, else what `lifeboat context use` named. Throws `invalid` when there
 * is none of them, `not-found` for a context that is not there.
 */
export async function commandEnvironment(environment: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (environment.LIFEBOAT_STATE) return environment;
  const name = environment.LIFEBOAT_CONTEXT || (await currentContext(environment));
  if (name !== localContext) {
    return { ...environment, ...contextOf(await readContexts(contextsFile(environment)), name) };
  }
  const text = await readFile(contextFile, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new LifeboatError('invalid', 'no installation is named', {
      hint: 'name one with `lifeboat context`, set LIFEBOAT_STATE and LIFEBOAT_REGION, or start one with `lifeboat local` in this folder',
    });
  }
  return { ...environment, ...readContext(text) };
}

/** Where nothing else is said: in a folder with a system of its own nobody works on another by mistake. */
export async function currentContext(environment: NodeJS.ProcessEnv): Promise<string> {
  if (existsSync(contextFile)) return localContext;
  return (await readContexts(contextsFile(environment))).current ?? localContext;
}

function readContext(text: string): Record<string, string> {
  try {
    const { environment } = JSON.parse(text) as { environment?: Record<string, string> };
    if (environment?.LIFEBOAT_STATE) return environment;
  } catch {
    // Said below, as for a file that holds something else.
  }
  throw new LifeboatError('corrupt', `${contextFile} cannot be read`, {
    hint: 'start `lifeboat local` again',
  });
}
