import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { restoreOrder } from '../decide/order';
import type { PlannedObject } from './planned-object';
import { textLines } from '../document/text-lines';

/** Characters of JSON that are held in memory before they go to disk. */
const held = 4 * 1024 * 1024;

/**
 * Takes the objects of a plan as they come and gives them back in the order of a restore: by resource, then by namespace and
 * name. What is more than a few megabytes lies sorted in files meanwhile, so that memory does not grow with the plan.
 */
export class PlanSpool {
  readonly #resources = new Set<string>();
  readonly #files: string[] = [];
  #objects: PlannedObject[] = [];
  #length = 0;

  /** @param directory that somebody else removes */
  constructor(
    private readonly directory: string,
    private readonly limit = held,
  ) {}

  add(object: PlannedObject): void {
    this.#resources.add(object.groupResource);
    this.#objects.push(object);
    this.#length += JSON.stringify(object).length;
    if (this.#length >= this.limit) this.#spill();
  }

  /** To be called once, after the last object. */
  async *inOrder(): AsyncGenerator<PlannedObject, void> {
    const compare = this.#order();
    const sources = [
      ...this.#files.map(readObjects),
      (async function* (objects: PlannedObject[]) {
        yield* objects;
      })(this.#objects.sort(compare)),
    ];
    const heads: { object: PlannedObject; source: AsyncGenerator<PlannedObject, void> }[] = [];
    for (const source of sources) {
      const { value } = await source.next();
      if (value) heads.push({ object: value, source });
    }
    while (heads.length > 0) {
      let least = 0;
      for (let each = 1; each < heads.length; each += 1) {
        if (compare(heads[each]!.object, heads[least]!.object) < 0) least = each;
      }
      const { object, source } = heads[least]!;
      yield object;
      const { value } = await source.next();
      if (value) heads[least]!.object = value;
      else heads.splice(least, 1);
    }
  }

  #spill(): void {
    const file = join(this.directory, `plan-${this.#files.length}`);
    const lines = this.#objects.sort(this.#order()).map((object) => `${JSON.stringify(object)}\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    this.#files.push(file);
    this.#objects = [];
    this.#length = 0;
  }

  /** Of two resources the same one is always first, whichever others there are. */
  #order(): (left: PlannedObject, right: PlannedObject) => number {
    const places = new Map(
      restoreOrder(this.#resources)
        .flat()
        .map((resource, index) => [resource, index]),
    );
    const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
    return (left, right) =>
      places.get(left.groupResource)! - places.get(right.groupResource)! ||
      compare(left.namespace ?? '', right.namespace ?? '') ||
      compare(left.name, right.name);
  }
}

async function* readObjects(file: string): AsyncGenerator<PlannedObject, void> {
  for await (const line of textLines(createReadStream(file), {
    what: file,
    maxBytes: Number.POSITIVE_INFINITY,
  }))
    yield JSON.parse(line) as PlannedObject;
}
