import { Command } from 'commander';
import type { Rotation } from '../../../shared/app/rotation/rotate-keys';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';

const example = `
Set LIFEBOAT_SEAL_KEY (or LIFEBOAT_KMS_KEY) to the new key and LIFEBOAT_SEAL_KEY_OLD (LIFEBOAT_KMS_KEY_OLD) to the old one,
for the functions backup and restore first; run it; then take the old key away.`;

/** `seal rotate`. */
export function rotateCommand(line: CommandLine): Command {
  return new Command('rotate')
    .description('seal every kubeconfig and the signing key again, under the current key')
    .addHelpText('after', `${example}\n\nExample:\n  lifeboat seal rotate`)
    .action(async () => rotate(line));
}

/** `cluster rotate-key`. */
export function rotateClusterKeyCommand(line: CommandLine): Command {
  return new Command('rotate-key')
    .argument('<names...>')
    .description(
      'seal the kubeconfigs of some clusters again, under the current key; see `seal rotate` for all',
    )
    .addHelpText('after', `${example}\n\nExample:\n  lifeboat cluster rotate-key production`)
    .action(async (names: string[]) => rotate(line, names));
}

async function rotate(line: CommandLine, names?: string[]): Promise<void> {
  const { rotateKeys } = await import('../../../shared/app/rotation/rotate-keys');
  const { screen } = line;
  const rotation: Rotation = await rotateKeys(await line.open(), names);
  const { keyId, sealedAgain, asTheyWere, failed } = rotation;
  for (const what of sealedAgain) screen.out(`${what}: sealed again`);
  for (const { what, reason } of failed) screen.note(`${what}: ${reason}`);
  screen.out(
    `${sealedAgain.length} sealed again under key ${keyId}, ${asTheyWere.length} were under it, ${failed.length} failed`,
  );
  if (failed.length > 0) line.exitWith(exitCodes.runFailed);
}
