import { MaskedText } from '../../formats/manifests/modifiers/quoted-values';
import { LifeboatError } from '../../platform/errors';
import { listPages } from '../../platform/kubernetes/list';
import { lastLines, type OutputTail } from '../../platform/kubernetes/output-tail';
import type { Cluster } from '../../platform/kubernetes/port';

const secrets = { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true };

/**
 * Returns the last lines of the outputs of commands in a namespace, with the values of its Secrets masked. The Secrets are read
 * once for all outputs, and none is kept. Undefined where they cannot be read: then nothing of an output may be shown. Throws
 * the signal's reason alone.
 */
export async function maskedOutputs(
  cluster: Cluster,
  namespace: string,
  outputs: readonly OutputTail[],
  signal: AbortSignal,
): Promise<string[][] | undefined> {
  const texts = outputs.map((output) => new MaskedText(output.text()));
  try {
    for await (const { items, release } of listPages(cluster, secrets, { namespace, signal })) {
      for (const { json } of items) {
        const secret = JSON.parse(json.toString('utf8')) as Record<string, unknown>;
        for (const text of texts) text.note(secret);
      }
      release();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LifeboatError)) throw error;
    return undefined;
  }
  return texts.map((text) => lastLines(text.toString()));
}
