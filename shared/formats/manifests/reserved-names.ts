import { LifeboatError } from '../../platform/errors';
import type { RunKind } from './run';

/**
 * The names that the system makes: those of scheduled backups end in a slot, those of replicated restores in a digest
 * (names.ts). All names of the form are reserved, so that a person cannot take one before its schedule or rule is made.
 */
const reserved: Partial<Record<RunKind, { form: RegExp; ending: string; owner: string }>> = {
  backups: { form: /-\d{14}$/, ending: '-<14 digits>', owner: 'schedules, whose backups are named by it' },
  restores: {
    form: /-[0-9a-f]{16}$/,
    ending: '-<16 hexadecimal digits>',
    owner: 'replication rules, whose restores are named by it',
  },
};

/** True for a name that schedules or replication rules may give to a run of this kind. */
export function isReservedName(kind: RunKind, name: string): boolean {
  return reserved[kind]?.form.test(name) ?? false;
}

/** The refusal of a reserved name that a person chose. */
export function reservedName(kind: RunKind, name: string): LifeboatError {
  const { ending, owner } = reserved[kind]!;
  return new LifeboatError('invalid', `"${name}": names that end in ${ending} are reserved for ${owner}`, {
    hint: 'choose another name, for example with a letter after the hyphen or without the hyphen',
  });
}
