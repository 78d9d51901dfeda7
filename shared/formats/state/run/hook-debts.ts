import * as v from 'valibot';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes, readJson } from '../json-object';

const text = v.pipe(v.string(), v.minLength(1));

const owedHook = v.object({
  container: text,
  command: v.array(v.string()),
  /** Milliseconds. */
  timeout: v.pipe(v.number(), v.minValue(1)),
  /** Where the hook is written, for people. */
  origin: text,
});

const debtSchema = v.object({
  kind: v.literal('HookDebt'),
  pods: v.array(
    v.object({
      namespace: text,
      pod: text,
      /** Of the pod: another of its name was never frozen. */
      uid: v.string(),
      hooks: v.array(owedHook),
    }),
  ),
});

/** Post hooks that are owed to pods from the moment that their first pre hook may have been sent. */
export type HookDebt = Omit<v.InferOutput<typeof debtSchema>, 'kind'>;

export type OwedPod = HookDebt['pods'][number];

const folder = 'hooks/';
const maxBytes = 16 << 20;

/**
 * Notes a debt, before the first pre hook of a block is sent.
 * @param run bound to the run's folder
 * @param block unique in the run
 */
export async function noteDebt(run: ObjectStore, block: string, debt: HookDebt): Promise<void> {
  await run.create(`${folder}${block}.json`, documentBytes({ kind: 'HookDebt', ...debt }));
}

/** Removes a debt: the post hooks ran. */
export async function removeDebt(run: ObjectStore, block: string): Promise<void> {
  await run.delete([`${folder}${block}.json`]);
}

/** The debts of a run, the oldest blocks first. Throws LifeboatError `invalid` for one that cannot be read. */
export async function findDebts(run: ObjectStore): Promise<{ block: string; debt: HookDebt }[]> {
  const found: { block: string; debt: HookDebt }[] = [];
  for await (const page of run.list(folder)) {
    for (const { key } of page.objects) {
      const stored = await readJson(run, key, maxBytes);
      if (!stored) continue;
      const { pods } = parse(debtSchema, stored.value, `${run.name}${key}`);
      found.push({ block: key.slice(folder.length).replace(/\.json$/, ''), debt: { pods } });
    }
  }
  return found;
}
