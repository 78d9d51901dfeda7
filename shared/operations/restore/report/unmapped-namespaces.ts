import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectName } from '../../../formats/manifests/object-name';
import { Mentions } from './mentions';
import { type Mention, NamespaceMentions, stillMentioned } from '../transform/namespace-mentions';
import type { Subject } from './outcome';

/** Objects of one resource that name a mapped namespace where no mapping applies. */
export interface UnmappedNamespace {
  groupResource: string;
  namespace: string;
  count: number;
  /** The first of them, with the fields: `configmaps copy/settings (data.url)`. */
  objects: string[];
}

/** Gathers what a restore with a namespace mapping leaves as it was in the backup. */
export class UnmappedNamespaces {
  readonly #mentions: NamespaceMentions;
  readonly #found = new Map<string, Mentions>();

  /** @param sources namespaces that are restored under another name */
  constructor(sources: ReadonlySet<string>) {
    this.#mentions = new NamespaceMentions(sources);
  }

  /** What an archived object says, to be asked before anything of it is changed. */
  of(groupResource: string, object: KubeObject): Mention[] {
    return this.#mentions.of(groupResource, object);
  }

  /** Takes note of an object as it was sent; gives the fields that were left. */
  note(subject: Subject, object: KubeObject, mentions: readonly Mention[]): string[] {
    const left = stillMentioned(object, mentions);
    for (const [namespace, fields] of left) {
      const kinds = this.#found.get(namespace) ?? new Mentions();
      this.#found.set(namespace, kinds);
      kinds.add(subject.groupResource, `${objectName(subject)} (${fields.slice(0, 5).join(', ')})`);
    }
    return [...new Set([...left.values()].flat())];
  }

  *found(): Generator<UnmappedNamespace> {
    for (const [namespace, kinds] of this.#found) {
      for (const [groupResource, { count, objects }] of kinds.entries()) {
        yield { groupResource, namespace, count, objects };
      }
    }
  }
}
