import type { FunctionName } from './functions';

/**
 * What each function may do, and no more: the RAM policies, the table in docs/deploy.md and the roles of s.yaml come from
 * here. Patterns are keys below the prefix of the state or of a vault, with RAM's `*` (any text, slashes too).
 */
export interface Rights {
  /** One sentence for people. */
  does: string;
  state: KeyRights;
  vault: KeyRights & {
    /** Sees and aborts unfinished multipart uploads of backups. */
    abortsUploads?: true;
  };
  /** Functions that it may start, those for clusters in every network. */
  starts: readonly FunctionName[];
  /** May have the key of kubeconfigs: with KMS kms:Decrypt, without it LIFEBOAT_SEAL_KEY. */
  decrypts?: true;
}

export interface KeyRights {
  reads: readonly string[];
  /** Creates or overwrites. */
  writes: readonly string[];
  deletes: readonly string[];
}

type Kind = 'backups' | 'restores';

/** What asking for runs of a kind takes (runs/request-run.ts), which also ends those that nobody can carry out any more. */
function requesting(...kinds: Kind[]): Omit<KeyRights, 'reads'> {
  const each = (patterns: (kind: Kind) => string[]) => kinds.flatMap(patterns);
  return {
    writes: [
      ...each((kind) => [
        `open/${kind}/*`,
        `ended/${kind}/*`,
        `runs/${kind}/*/request.json`,
        `runs/${kind}/*/start-*.json`,
        `runs/${kind}/*/lease-*.json`,
        `runs/${kind}/*/progress.json`,
        `runs/${kind}/*/result.json`,
      ]),
      'permits/*',
    ],
    deletes: [...each((kind) => [`open/${kind}/*`]), 'permits/*'],
  };
}

/** What carrying replication rules out takes beside asking for restores. */
const replicating = { writes: ['turns/*', 'hints/replication-*'], deletes: ['turns/*'] };

/** What telling people takes (notifications/deliver-notices.ts). */
const telling = { writes: ['notices/*', 'outbox/*'], deletes: ['outbox/*'] };

const manifests = ['installation.json', 'vaults/*', 'clusters/*', 'schedules/*', 'replications/*'];
const runs = ['open/*', 'ended/*', 'runs/*', 'permits/*'];
const told = ['notifications/*', 'notices/*', 'outbox/*', 'alarms/*'];
const marks = ['holds/*', 'accepted/*'];

function together(...parts: Partial<KeyRights>[]): KeyRights {
  const all = (pick: (part: Partial<KeyRights>) => readonly string[] | undefined) => [
    ...new Set(parts.flatMap((part) => pick(part) ?? [])),
  ];
  return {
    reads: all(({ reads }) => reads),
    writes: all(({ writes }) => writes),
    deletes: all(({ deletes }) => deletes),
  };
}

const readsBackups: KeyRights = { reads: ['backups/*'], writes: [], deletes: [] };

export const rights: Record<FunctionName, Rights> = {
  backup: {
    does: 'carries one backup out',
    state: together({
      reads: [...manifests, ...runs],
      writes: [
        'runs/backups/*/lease-*.json',
        'runs/backups/*/progress.json',
        'runs/backups/*/log.txt',
        'runs/backups/*/attempt-*',
        'runs/backups/*/commit.json',
        'runs/backups/*/result.json',
        'ended/backups/*',
        'permits/*',
      ],
      deletes: ['open/backups/*', 'permits/*'],
    }),
    vault: {
      reads: ['backups/*', 'metadata/lifeboat/deletions/*'],
      writes: ['backups/*'],
      deletes: [],
      abortsUploads: true,
    },
    starts: ['notify'],
    decrypts: true,
  },
  restore: {
    does: 'carries one restore out, and asks for the restores that follow it by rule',
    state: together(
      {
        reads: [...manifests, ...runs, ...marks, 'turns/*', 'hints/*'],
        writes: ['runs/restores/*/log.txt'],
      },
      requesting('restores'),
      replicating,
    ),
    vault: {
      reads: ['backups/*', 'restores/*', 'metadata/lifeboat/deletions/*'],
      writes: ['restores/*'],
      deletes: [],
    },
    starts: ['restore', 'notify'],
    decrypts: true,
  },
  'scheduled-backup': {
    does: 'the tick: asks for the backups that are due, starts open runs again, tells people',
    state: together(
      {
        reads: [...manifests, ...runs, ...told, ...marks, 'hints/*', 'heartbeat.json'],
        writes: ['installation.json', 'hints/*', 'alarms/*', 'heartbeat.json'],
        deletes: ['ended/*'],
      },
      requesting('backups', 'restores'),
      telling,
    ),
    vault: readsBackups,
    starts: ['backup', 'restore', 'notify'],
  },
  'cross-cluster-restore': {
    does: 'asks for the restores that the rules make of a backup that has landed',
    state: together(
      { reads: [...manifests, ...runs, ...marks, 'turns/*', 'hints/*'] },
      requesting('restores'),
      replicating,
    ),
    vault: { ...readsBackups, reads: ['backups/*', 'metadata/lifeboat/deletions/*'] },
    starts: ['restore', 'notify'],
  },
  'retention-expiry': {
    does: 'deletes backups whose time is over and what finished runs left, replicates what no event told of, watches the ticks',
    state: together(
      {
        reads: [...manifests, ...runs, ...told, ...marks, 'turns/*', 'hints/*', 'heartbeat.json'],
        writes: ['hints/*', 'alarms/*'],
        deletes: ['runs/*', 'notices/*'],
      },
      requesting('restores'),
      replicating,
      telling,
    ),
    vault: {
      reads: ['backups/*', 'metadata/lifeboat/deletions/*'],
      writes: ['metadata/lifeboat/deletions/*'],
      deletes: ['backups/*', 'metadata/lifeboat/deletions/*'],
      abortsUploads: true,
    },
    starts: ['restore', 'notify'],
  },
  notify: {
    does: 'tells people of invocations that Function Compute could not carry out',
    state: together({ reads: ['installation.json', 'runs/*', ...told] }, telling),
    vault: { reads: [], writes: [], deletes: [] },
    starts: [],
  },
  api: {
    does: 'starts and shows backups and restores over HTTP, shows and skips schedules, shows replications',
    state: together(
      {
        reads: [...manifests, ...runs, ...marks, 'turns/*', 'hints/*', 'heartbeat.json'],
        writes: ['schedules/*', 'runs/*/cancel.json', 'audit/*'],
      },
      requesting('backups', 'restores'),
    ),
    vault: readsBackups,
    starts: ['backup', 'restore'],
  },
};
