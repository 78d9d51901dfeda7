import { type Command, Option } from 'commander';
import type { LabelSelector } from '../../shared/manifests/velero';
import { parseLabelSelector } from './label-selector';
import { trueOrFalse } from './lists';

/** Adds the flags by which backups and restores select alike: cluster-scoped resources and labels. */
export function withSelectors(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--include-cluster-resources <bool>',
        'true, false, or unset for what belongs to the selection',
      ).argParser(trueOrFalse),
    )
    .addOption(
      new Option('-l, --selector <labels>', 'only objects with these labels').argParser(parseLabelSelector),
    )
    .addOption(
      new Option('--or-selector <labels>', 'objects with any of these; repeatable').argParser(
        (value: string, previous: LabelSelector[] = []) => [...previous, parseLabelSelector(value)],
      ),
    );
}
