import type { Command } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import { readTextFile } from '../text-file';

/** Where the secret is looked for when no file is named. */
const variable = 'LIFEBOAT_VAULT_ACCESS_KEY_SECRET';

const readable = 'give --access-key-secret-file a file with the secret, or - for standard input';

export interface AccessKeyFlags {
  accessKeyId?: string;
  accessKeySecretFile?: string;
}

/** Flags of an access key. Its secret is no argument: others on the machine, and the shell's history, see those. */
export function withAccessKey(command: Command): Command {
  return command
    .option('--access-key-id <id>', 'access key of the vault’s own; default whoever uses it has the right')
    .option(
      '--access-key-secret-file <file>',
      `file with its secret; - for standard input; default the variable ${variable}`,
    );
}

/** Undefined where no flag names a key. Throws `invalid` for half of one. */
export async function accessKeyOf(
  { accessKeyId: id, accessKeySecretFile: file }: AccessKeyFlags,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<{ id: string; secret: string } | undefined> {
  if (id === undefined) {
    if (file === undefined) return undefined;
    throw new LifeboatError('invalid', '--access-key-id is missing', { hint: 'name the key of the secret' });
  }
  const secret = (
    file === undefined ? (environment[variable] ?? '') : await readTextFile(file, readable)
  ).trim();
  if (secret !== '') return { id, secret };
  throw new LifeboatError('invalid', `there is no secret for access key ${id}`, {
    hint: `put it into a file and give --access-key-secret-file, or set ${variable}`,
  });
}
