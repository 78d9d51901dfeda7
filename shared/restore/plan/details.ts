import type { KubeObject } from '../../cluster/kube-object';
import { withoutSecretValues } from '../../manifests/secret-values';
import type { Detail } from '../report/outcome';
import type { ExistingDecision } from './decide-existing';
import { ObjectTrace } from './object-trace';

/** More fields of one object than anybody compares. */
const longest = 60;

/** Gathers what a plan shows of each object beyond its outcome. Nothing in it holds a Secret's value. */
export class Details {
  /** @param hashKey under which the values of Secrets are hashed; see `withoutSecretValues` */
  constructor(private readonly hashKey: Buffer) {}

  trace(): ObjectTrace {
    return new ObjectTrace(this.hashKey);
  }

  /**
   * What is said of an object that exists. The decision is made again on copies without the values of Secrets, so that no
   * value is ever in a diff.
   */
  ofDecision(
    wanted: KubeObject,
    present: KubeObject,
    decide: (wanted: KubeObject, present: KubeObject) => ExistingDecision,
    resourceVersion: string | undefined,
  ): Detail {
    const hidden = decide(
      withoutSecretValues(wanted, this.hashKey),
      withoutSecretValues(present, this.hashKey),
    );
    const diff = 'diff' in hidden ? hidden.diff?.slice(0, longest) : undefined;
    return {
      decided: hidden.action,
      ...(diff && { diff }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    };
  }
}
