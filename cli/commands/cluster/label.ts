import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { keyValues } from '../../options/lists';
import { pairs } from '../../output/sections';

/** `cluster label`. */
export function labelClusterCommand(line: CommandLine): Command {
  return new Command('label')
    .argument('<name>')
    .argument('<labels...>')
    .description('set labels, by which schedules select clusters: key=value; key- takes one away')
    .addHelpText('after', '\nExample:\n  lifeboat cluster label production env=live tier-')
    .action(async (name: string, labels: string[]) => {
      const { labelCluster } = await import('../../../shared/app/clusters/label-cluster');
      const { metadata } = await labelCluster(await line.open(), name, labelChanges(labels));
      line.screen.out(`Cluster ${name} has the labels ${pairs(metadata.labels) || '(none)'}`);
    });
}

/** kubectl's form: `key=value` sets, `key-` takes away. */
function labelChanges(texts: readonly string[]): Record<string, string | undefined> {
  const gone = texts.filter((text) => /^[^=]+-$/.test(text));
  let set: Record<string, string> = {};
  for (const text of texts) if (!gone.includes(text)) set = keyValues(text, set);
  const both = gone.map((text) => text.slice(0, -1)).find((key) => Object.hasOwn(set, key));
  if (both !== undefined) {
    throw new LifeboatError('invalid', `label "${both}" is set and taken away`, {
      hint: 'keep one of the two',
    });
  }
  return { ...Object.fromEntries(gone.map((text) => [text.slice(0, -1), undefined])), ...set };
}
