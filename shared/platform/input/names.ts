import * as v from 'valibot';
import { sha256Hex } from '../sha256';
import { LifeboatError } from '../errors';
import { fault } from './parse';

/** Longest DNS-1123 label, and the longest value of a Kubernetes label. */
export const longestName = 63;

const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** True for a DNS-1123 label. */
export function isName(name: string): boolean {
  return name.length <= longestName && label.test(name);
}

/** Throws LifeboatError `invalid` unless `name` is a DNS-1123 label. `what` is the kind, for the message: `vault`. */
export function assertName(what: string, name: string): void {
  if (isName(name)) return;
  throw new LifeboatError('invalid', `"${name.slice(0, 80)}" is not a name for a ${what}`, {
    hint: nameRule,
  });
}

const nameRule =
  'use 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit';

export const nameSchema = v.pipe(
  v.string(),
  v.check(isName, ({ input }) => fault(`is not a name: ${JSON.stringify(input.slice(0, 80))}`, nameRule)),
);

/** A slot as it stands in a name, UTC: `20261122221500` (Velero's layout 20060102150405). */
export function slotStamp(slot: Date): string {
  return slot.toISOString().replace(/\D/g, '').slice(0, 14);
}

/** An installation as names carry it in a vault that several write to: the first 6 digits of its id. */
export function shortInstallation(id: string): string {
  return id.slice(0, 6);
}

/**
 * What the names of a schedule's backups of one cluster have in common: `<schedule>` or `<schedule>-<cluster>`.
 * @param installation as `shortInstallation` gives it, where names carry it: then `-<installation>` follows
 */
export function backupNameStem(
  schedule: string,
  cluster: string,
  includeCluster: boolean,
  installation?: string,
): string {
  const stem = includeCluster ? `${schedule}-${cluster}` : schedule;
  return installation === undefined ? stem : `${stem}-${installation}`;
}

/** `<stem>-<slot>`: the idempotency key of a scheduled backup. */
export function scheduledBackupName(
  schedule: string,
  cluster: string,
  includeCluster: boolean,
  slot: Date,
  installation?: string,
): string {
  return `${backupNameStem(schedule, cluster, includeCluster, installation)}-${slotStamp(slot)}`;
}

export const shortInstallationSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{6}$/, fault('is not an installation', 'write the first 6 digits of its id')),
);

/** Longest stem that leaves room for `-<slot>`. */
export const longestStem = longestName - 15;

/** Longest `<schedule>` or `<schedule>-<cluster>` that leaves room for `-<installation>` as well. */
export const longestSharedStem = longestStem - 7;

/** The n-th run that copies a backup from one vault to another: the same name for everybody who asks for it. */
export function copyName(backup: string, from: string, to: string, n: number): string {
  const digest = sha256Hex([backup, from, to].join('\0')).slice(0, 10);
  const start = backup.slice(0, 44).replaceAll('.', '-').replace(/-+$/, '');
  return `${start}-${digest}${n > 1 ? `-${n}` : ''}`;
}

/** Longest name of a replication that leaves room for what `replicatedRestoreName` adds. */
export const longestReplicationName = longestName - 17;

/**
 * The restore that a replication makes of one backup into one cluster: always the same name for the same three.
 * @param attempt further ones have names of their own, since no name is requested twice
 */
export function replicatedRestoreName(
  replication: string,
  vault: string,
  backup: string,
  cluster: string,
  attempt = 1,
): string {
  const parts = [vault, backup, cluster, ...(attempt > 1 ? [String(attempt)] : [])];
  const digest = sha256Hex(parts.join('\0'));
  return `${replication}-${digest.slice(0, 16)}`;
}
