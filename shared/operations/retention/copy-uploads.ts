import type { ObjectStore } from '../../platform/oss/port';

const pattern = /^runs\/copies\/([^/]+)\/(?:(result\.json)|attempt-[1-9]\d*\/upload-(.+))$/;

/** The uploads that copies have written down as their own, by their ids. */
export interface CopyUploads {
  /** The copy has ended since. */
  ended: ReadonlySet<string>;
  goingOn: ReadonlySet<string>;
}

/** Costs one listing for each thousand objects of such runs. */
export async function uploadsOfCopies(state: ObjectStore): Promise<CopyUploads> {
  const over = new Set<string>();
  const begun: { run: string; id: string }[] = [];
  for await (const page of state.list('runs/copies/')) {
    for (const { key } of page.objects) {
      const [, run = '', result, id] = pattern.exec(key) ?? [];
      if (result !== undefined) over.add(run);
      else if (id !== undefined) begun.push({ run, id });
    }
  }
  const idsWhere = (ended: boolean) =>
    new Set(begun.filter(({ run }) => over.has(run) === ended).map(({ id }) => id));
  return { ended: idsWhere(true), goingOn: idsWhere(false) };
}
