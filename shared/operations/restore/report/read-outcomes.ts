import * as v from 'valibot';
import { LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { archiveLimits, type ArchiveLimits } from '../../../formats/vault/untrusted/archive-limits';
import { gunzipStream } from '../../../formats/vault/untrusted/gunzip-stream';
import { textLines } from '../document/text-lines';
import type { ObjectOutcome } from './outcome';
import { outcomesKey } from './write-report';

/** Half a million objects have some 100 MiB. */
const limits: ArchiveLimits = { ...archiveLimits, totalBytes: 256 << 20, ratioFromBytes: 16 << 20 };
const maxOutcomes = 1_000_000;
const maxLineBytes = 4 << 20;

const shape = v.looseObject({
  groupResource: v.string(),
  kind: v.string(),
  name: v.string(),
  namespace: v.optional(v.string()),
  outcome: v.string(),
  reason: v.optional(v.string()),
});

/**
 * What became of each object of a restore, as the restore left it in its vault, which is hostile input: sizes and the ratio are
 * judged before a line is parsed.
 * @throws LifeboatError `not-found`; `corrupt` naming the report
 */
export async function readOutcomes(vault: ObjectStore, restore: string): Promise<ObjectOutcome[]> {
  const key = outcomesKey(restore);
  const outcomes: ObjectOutcome[] = [];
  const lines = textLines(gunzipStream(key, vault.read(key), limits), {
    what: key,
    maxBytes: maxLineBytes,
  });
  let count = 0;
  for await (const line of lines) {
    if (++count > maxOutcomes) throw damaged(key, `has more than ${maxOutcomes} lines`);
    outcomes.push(outcomeIn(key, line));
  }
  return outcomes;
}

function outcomeIn(key: string, line: string): ObjectOutcome {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw damaged(key, 'has a line that is not JSON');
  }
  const parsed = v.safeParse(shape, json);
  if (!parsed.success) throw damaged(key, 'has a line that is no outcome of an object');
  return parsed.output as unknown as ObjectOutcome;
}

function damaged(key: string, problem: string): LifeboatError {
  return new LifeboatError('corrupt', `${key} ${problem}`, {
    hint: 'somebody changed the vault: the log and the results of the restore say what it did',
  });
}
