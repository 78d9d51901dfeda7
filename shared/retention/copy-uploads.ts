import type { ObjectStore } from '../store/port';

const pattern = /^runs\/copies\/([^/]+)\/(?:(result\.json)|attempt-[1-9]\d*\/upload-(.+))$/;

/** The uploads that copies began which have ended since, by their ids. Costs one listing for each thousand objects of such runs. */
export async function uploadsOfEndedCopies(state: ObjectStore): Promise<Set<string>> {
  const ended = new Set<string>();
  const begun: { run: string; id: string }[] = [];
  for await (const page of state.list('runs/copies/')) {
    for (const { key } of page.objects) {
      const [, run = '', result, id] = pattern.exec(key) ?? [];
      if (result !== undefined) ended.add(run);
      else if (id !== undefined) begun.push({ run, id });
    }
  }
  return new Set(begun.flatMap(({ run, id }) => (ended.has(run) ? [id] : [])));
}
