import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { withoutSecretTexts } from '../../../formats/manifests/modifiers/secret-values';
import type { Detail } from '../report/outcome';
import type { ExistingDecision } from '../decide/existing/decide-existing';
import { ObjectTrace } from '../transform/object-trace';

/** More fields of one object than anybody compares. */
const longest = 60;

/** Gathers what a plan shows of each object beyond its outcome. Nothing in it holds a Secret's value. */
export class Details {
  /** @param hashKey under which the values of Secrets are hashed; see `withoutSecretTexts` */
  constructor(private readonly hashKey: Buffer) {}

  /** @param archivedAs the group-resource of the object in the archive */
  trace(archivedAs: string): ObjectTrace {
    return new ObjectTrace(this.hashKey, archivedAs);
  }

  /**
   * What is said of an object that exists. Of a Secret the decision is made again on copies without its texts, so that no
   * value is ever in a diff.
   */
  ofDecision(
    groupResource: string,
    wanted: KubeObject,
    present: KubeObject,
    decide: (wanted: KubeObject, present: KubeObject) => ExistingDecision,
    resourceVersion: string | undefined,
  ): Detail {
    const shown = (object: KubeObject) =>
      groupResource === 'secrets' ? withoutSecretTexts(object, this.hashKey) : object;
    const hidden = decide(shown(wanted), shown(present));
    const diff = 'diff' in hidden ? hidden.diff?.slice(0, longest) : undefined;
    return {
      decided: hidden.action,
      ...(diff && { diff }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    };
  }
}
