import { deployedName, type FunctionName, functionNames, isWorker, workers } from '../deploy/functions';
import { LifeboatError } from '../../platform/errors';
import type { DeployedFunction, FindDeployed } from '../fc/deployed-functions';
import type { Settings } from '../settings';
import { about, type Finding } from './finding';

/** Settings that are the same for all who work on one installation. */
const shared = {
  LIFEBOAT_REGION: (settings: Settings) => settings.region,
  LIFEBOAT_STATE: ({ state }: Settings) => `oss://${state.bucket}/${state.prefix}`.replace(/\/$/, ''),
} as const;

/**
 * Looks at what is deployed: every function, also those of the networks that clusters name, its role, its environment, and
 * the timers.
 */
export async function* examineFunctions(
  settings: Settings,
  networks: readonly string[],
  find: FindDeployed,
): AsyncGenerator<Finding> {
  const names = [
    ...functionNames.map((name) => ({ name, deployed: nameOf(settings, name) })),
    ...networks.flatMap((network) =>
      workers.map((name) => ({ name, deployed: `${nameOf(settings, name)}-${network}` })),
    ),
  ];
  for (const { name, deployed } of names) {
    const say = about(`function ${deployed}`);
    try {
      const found = await find(deployed);
      if (!found) {
        yield say.error(
          'it is not deployed',
          'deploy it: `s deploy`, for networks with what `lifeboat deploy render` writes',
        );
        continue;
      }
      yield* examineFunction(found, settings, { name, worker: isWorker(name), say });
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      yield say.warning(error.message, error.hint);
      // The others would not be seen either.
      if (error.kind === 'denied') return;
    }
  }
}

/** Workers are called as the settings say, the others after them. */
export function nameOf({ functions }: Settings, name: FunctionName): string {
  if (name === 'backup') return functions.backups;
  if (name === 'restore') return functions.restores;
  return deployedName(/^(.+)-backup$/.exec(functions.backups)?.[1] ?? 'lifeboat', name);
}

function* examineFunction(
  { role, environment, triggers }: DeployedFunction,
  settings: Settings,
  { name, worker, say }: { name: string; worker: boolean; say: ReturnType<typeof about> },
): Generator<Finding> {
  const findings: Finding[] = [];
  if (!role) findings.push(say.error('it has no role', 'give it one: `lifeboat deploy policies --commands`'));
  for (const [variable, expected] of Object.entries(shared)) {
    const [given, wanted] = [(environment[variable] ?? '').replace(/\/$/, ''), expected(settings)];
    if (given !== wanted)
      findings.push(
        say.error(`${variable} is "${given}" there and "${wanted}" here`, 'set both to the same'),
      );
  }
  if (worker && !environment.LIFEBOAT_SEAL_KEY && !environment.LIFEBOAT_KMS_KEY)
    findings.push(say.error('it has no key for kubeconfigs', 'set LIFEBOAT_SEAL_KEY or LIFEBOAT_KMS_KEY'));
  else if (worker && settings.sealKey && !keysOf(environment).includes(settings.sealKey))
    findings.push(
      say.error(
        'it does not have the sealing key that is used here: it opens no cluster that is added with it',
        'set LIFEBOAT_SEAL_KEY to the same key',
      ),
    );
  if (!worker && environment.LIFEBOAT_SEAL_KEY)
    findings.push(
      say.warning('it has the sealing key, which only backup and restore need', 'take LIFEBOAT_SEAL_KEY out'),
    );
  if (['scheduled-backup', 'retention-expiry'].includes(name) && !triggers.some(isTicking))
    findings.push(
      say.error('no timer that is switched on starts it', 'deploy it again, or enable its trigger'),
    );
  yield* findings.length > 0
    ? findings
    : [say.ok('it is deployed, with a role and the same settings as here')];
}

function keysOf({
  LIFEBOAT_SEAL_KEY,
  LIFEBOAT_SEAL_KEY_OLD = '',
}: Readonly<Record<string, string>>): string[] {
  return [LIFEBOAT_SEAL_KEY ?? '', ...LIFEBOAT_SEAL_KEY_OLD.split(',').map((key) => key.trim())];
}

function isTicking({ type, config }: DeployedFunction['triggers'][number]): boolean {
  return type === 'timer' && (config as { enable?: unknown } | undefined)?.enable === true;
}
