import * as v from 'valibot';
import { isKind, LifeboatError } from '../../../platform/errors';
import { instantSchema } from '../../manifests/instant';
import type { ObjectStore } from '../../../platform/oss/port';

/** Where the commit of a backup lies in its run. */
export const commitKey = 'commit.json';

/** 10,000 parts of an upload take 1 MiB. */
const maxBytes = 4 << 20;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const crc64 = v.pipe(v.string(), v.regex(/^\d{1,20}$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const file = v.object({
  /** Relative to the vault. */
  key: v.string(),
  size: count,
  sha256,
  crc64,
  /** Where the bytes lie, relative to the run; absent where they are `inline`. */
  from: v.optional(v.string()),
  /** The bytes themselves, in base64: most files of a backup are an empty list. */
  inline: v.optional(v.pipe(v.string(), v.base64())),
});

const commitRecord = v.object({
  kind: v.literal('Commit'),
  format: v.literal(1),
  backup: v.string(),
  attempt: count,
  archive: v.object({
    key: v.string(),
    uploadId: v.string(),
    parts: v.array(v.object({ number: v.pipe(count, v.minValue(1)), etag: v.string() })),
    size: count,
    sha256,
    crc64,
  }),
  files: v.array(file),
  manifest: file,
  /**
   * Of a backup that another installation made and this one took over: which one, and when its manifest was written, which
   * here is when it was committed.
   */
  adopted: v.optional(v.object({ installation: v.string(), madeAt: instantSchema })),
});

/**
 * `runs/backups/<name>/commit.json`: THE commit of a backup, create-only. From then on which bytes the backup has is
 * settled, and anyone can put them in place.
 */
export type CommitRecord = v.InferOutput<typeof commitRecord>;
/** One small object of a commit. */
export type CommittedFile = v.InferOutput<typeof file>;

/** The commit of a run and OSS's time of it, or undefined. One request. @throws LifeboatError `corrupt` when it is there and cannot be understood */
export async function findCommit(run: ObjectStore): Promise<{ record: CommitRecord; at: Date } | undefined> {
  const stored = await run.get(commitKey, { maxBytes }).catch((error: unknown) => {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  });
  if (!stored) return undefined;
  const parsed = v.safeParse(commitRecord, parse(stored.body));
  if (!parsed.success) throw new UnreadableCommit(run);
  return { record: parsed.output, at: stored.head.lastModified };
}

/** A commit that is damaged, or that a newer release wrote. */
export class UnreadableCommit extends LifeboatError {
  constructor(run: Pick<ObjectStore, 'name'>) {
    super('corrupt', `${run.name}${commitKey} is not a commit this version understands`, {
      hint: 'update Lifeboat, or request the backup again under another name',
    });
  }
}

/** As `findCommit`, the commit alone. */
export async function readCommit(run: ObjectStore): Promise<CommitRecord | undefined> {
  return (await findCommit(run))?.record;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
