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
    /** Sees the versions of an object of a backup: who wrote it first in a bucket that keeps them. */
    readsVersions?: true;
    /** Asks how long the bucket's WORM policy keeps what lies there. */
    readsWorm?: true;
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

const kindsOfRuns = ['backups', 'restores', 'plans', 'copies'] as const;
type Kind = (typeof kindsOfRuns)[number];

/** What asking for runs of a kind takes (runs/request-run.ts), which also ends those that nobody can carry out any more. */
function requesting(...kinds: Kind[]): Omit<KeyRights, 'reads'> {
  // RAM takes policies of limited length, and one pattern fits all kinds.
  const named = kinds.length === kindsOfRuns.length ? ['*'] : kinds;
  const each = (patterns: (kind: string) => string[]) => named.flatMap(patterns);
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

/** What asking for runs takes of whoever carries none on (runs/first-start.ts): no lease, permit or result, and it closes none. */
const asking = {
  writes: ['open/*', 'runs/*/request.json', 'runs/*/start-1.json', 'runs/*/cancel.json'],
};

/** What carrying replication rules out takes beside asking for restores. */
const replicating = { writes: ['turns/*', 'hints/replication-*'], deletes: ['turns/*'] };

/** What telling people takes (notifications/deliver-notices.ts). */
const telling = { writes: ['notices/*', 'outbox/*'], deletes: ['outbox/*'] };

const manifests = ['installation.json', 'vaults/*', 'clusters/*', 'schedules/*', 'replications/*'];
const runs = ['open/*', 'ended/*', 'runs/*', 'permits/*', 'copied/*', 'uncopied/*'];
const told = ['notifications/*', 'notices/*', 'outbox/*', 'alarms/*'];
const marks = ['holds/*', 'accepted/*'];
const deletions = ['deletions/*'];

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
    does: 'carries one backup out, or the copy of one, and asks for the copies of its schedule',
    state: together(
      {
        reads: [...manifests, ...runs, ...deletions, 'keys/*'],
        writes: [
          ...['lease-*.json', 'progress.json', 'log.txt', 'attempt-*', 'commit.json', 'result.json'].map(
            (file) => `runs/backups/*/${file}`,
          ),
          ...['pause-*', 'touches.json', 'operations.json', 'captured/*', 'hooks/*', 'cleaned.json'].map(
            (file) => `runs/backups/*/${file}`,
          ),
          ...['log.txt', 'attempt-*', 'commit.json'].map((file) => `runs/copies/*/${file}`),
          'ended/backups/*',
          'copied/*',
          'uncopied/*',
        ],
        deletes: ['open/backups/*', 'runs/backups/*/hooks/*', 'uncopied/*'],
      },
      requesting('copies'),
    ),
    vault: {
      reads: ['backups/*', 'metadata/lifeboat/installations/*'],
      // Its installation's claim, where there is none yet.
      writes: ['backups/*', 'metadata/lifeboat/installations/*'],
      deletes: [],
      abortsUploads: true,
      readsVersions: true,
    },
    starts: ['backup', 'notify'],
    decrypts: true,
  },
  restore: {
    does: 'carries one restore out, or the plan of one, and asks for the restores that follow it by rule',
    state: together(
      {
        reads: [...manifests, ...runs, ...marks, 'turns/*', 'hints/*', 'keys/signing.json'],
        // The results of a restore from a read-only vault, beside the log.
        writes: [
          'runs/restores/*/log.txt',
          'runs/restores/*/pause-*',
          'runs/restores/*/touches.json',
          'runs/restores/*/report/*',
          'runs/restores/*/done/*',
          ...['lease-*.json', 'progress.json', 'log.txt', 'attempt-*', 'plan.json.gz', 'result.json'].map(
            (file) => `runs/plans/*/${file}`,
          ),
          'ended/plans/*',
        ],
        deletes: ['open/plans/*'],
      },
      requesting('restores'),
      replicating,
    ),
    vault: {
      reads: ['backups/*', 'restores/*'],
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
        reads: [...manifests, ...runs, ...told, ...marks, 'hints/*', 'left-out/*', 'heartbeat.json'],
        writes: ['installation.json', 'hints/*', 'left-out/*', 'alarms/*', 'heartbeat.json'],
        deletes: ['ended/*', 'left-out/*'],
      },
      requesting(...kindsOfRuns),
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
    vault: readsBackups,
    starts: ['restore', 'notify'],
  },
  'retention-expiry': {
    does: 'deletes backups whose time is over or that people asked to delete, and what runs left; exports the state; makes up for lost events and copies; watches the ticks',
    state: together(
      {
        // It exports them all.
        reads: ['*'],
        writes: [
          'hints/*',
          'alarms/*',
          ...deletions,
          'audit/*',
          'open/backups/*',
          'runs/backups/*/cleanup.json',
        ],
        deletes: [
          ...deletions,
          'runs/*',
          'notices/*',
          'copied/*',
          'uncopied/*',
          'idempotency/*',
          'asked/*',
          'left-out/*',
        ],
      },
      requesting('restores', 'copies'),
      replicating,
      telling,
    ),
    vault: {
      reads: ['backups/*', 'metadata/lifeboat/*'],
      writes: ['metadata/lifeboat/state/*', 'metadata/lifeboat/installations/*'],
      // Marks of an earlier release.
      deletes: ['backups/*', 'metadata/lifeboat/deletions/*', 'metadata/lifeboat/state/*'],
      abortsUploads: true,
      readsWorm: true,
    },
    starts: ['backup', 'restore', 'notify'],
  },
  notify: {
    does: 'tells people of invocations that Function Compute could not carry out',
    state: together({ reads: ['installation.json', 'runs/*', ...told] }, telling),
    vault: { reads: [], writes: [], deletes: [] },
    starts: [],
  },
  api: {
    does: 'starts and shows runs over HTTP, makes and changes schedules and replications, holds backups and asks for their deletion',
    state: together(
      {
        reads: [
          ...manifests,
          ...runs,
          ...marks,
          ...deletions,
          'notifications/*',
          'tokens/*',
          'idempotency/*',
          'asked/*',
          'turns/*',
          'left-out/*',
          'hints/*',
          'heartbeat.json',
        ],
        writes: [
          'schedules/*',
          'replications/*',
          ...marks,
          // Never `hidden.json`, whose age lets the content go.
          'deletions/*/requested.json',
          'deletions/*/begun.json',
          'idempotency/*',
          'asked/*',
          'hints/token-uses/*',
          'hints/lists/*',
          'audit/*',
        ],
        deletes: ['schedules/*', 'replications/*', 'deletions/*', 'asked/*'],
      },
      asking,
    ),
    // What is to be deleted it writes into the state; retention deletes.
    vault: {
      reads: ['backups/*', 'restores/*'],
      writes: [],
      deletes: [],
    },
    starts: ['backup', 'restore'],
  },
};
