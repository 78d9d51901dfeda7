import { type Command, Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { LabelSelector } from '../../shared/formats/manifests/velero';
import { parseLabelSelector } from '../../shared/formats/manifests/selection/selector-text';
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
      new Option('-l, --selector <labels>', 'only objects with these labels').argParser(
        (value: string, previous?: LabelSelector) => onlySelector(value, previous),
      ),
    )
    .addOption(
      new Option('--or-selector <labels>', 'objects with any of these; repeatable').argParser(
        (value: string, previous: LabelSelector[] = []) => [...previous, parseLabelSelector(value)],
      ),
    );
}

/** A second `--selector` would replace the first without a word. */
function onlySelector(text: string, previous: LabelSelector | undefined): LabelSelector {
  if (previous === undefined) return parseLabelSelector(text);
  throw new LifeboatError('invalid', `--selector is given twice, the second time with "${text}"`, {
    hint: 'join them with a comma for objects that match both, or use --or-selector for any of them',
  });
}
