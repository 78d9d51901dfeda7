import * as v from 'valibot';
import { fault } from '../../platform/input/parse';
import { durationSchema, parseGoDuration } from './go-duration';
import { excludesSchema, includesSchema } from './selection/filter-rules';
import { labelSelectorSchema } from './selection/label-selector';

const nameSchema = v.pipe(
  v.string(),
  v.regex(/^\S.{0,199}$/, fault('is empty or too long', 'give a name of up to 200 characters')),
);

/** How long one hook may take at most: no wait is without an end. */
export const longestHook = 4 * 3_600_000;

const waitSchema = v.pipe(
  durationSchema,
  v.check(
    (text) => parseGoDuration(text) > 0 && parseGoDuration(text) <= longestHook,
    fault('is not between 1s and 4h', 'give how long the hook may take, for example 30s'),
  ),
);

const onErrorSchema = v.picklist(
  ['Continue', 'Fail'],
  fault('is neither Continue nor Fail', 'write Continue or Fail'),
);

const containerSchema = v.pipe(v.string(), v.nonEmpty(fault('is empty', 'name a container of the pod')));

const commandSchema = v.pipe(
  v.array(v.string()),
  v.check(
    (command) => Boolean(command[0]),
    fault('names no program', 'write the program and its arguments, one an entry'),
  ),
);

const execSchema = v.strictObject({
  container: v.optional(containerSchema),
  command: commandSchema,
  onError: v.optional(onErrorSchema),
  timeout: v.optional(waitSchema),
});

/** Which pods the hooks are for. */
const selection = {
  name: nameSchema,
  includedNamespaces: v.optional(includesSchema),
  excludedNamespaces: v.optional(excludesSchema),
  includedResources: v.optional(includesSchema),
  excludedResources: v.optional(excludesSchema),
  labelSelector: v.optional(labelSelectorSchema),
};

const resourceHooksSchema = v.strictObject({
  ...selection,
  pre: v.optional(v.array(v.strictObject({ exec: execSchema }))),
  post: v.optional(v.array(v.strictObject({ exec: execSchema }))),
});

/** `spec.hooks` of a backup, as Velero has it. */
export const backupHooksSchema = v.strictObject({ resources: v.optional(v.array(resourceHooksSchema)) });

/** Hooks of the pods that a selection takes. */
export type ResourceHooks = v.InferOutput<typeof resourceHooksSchema>;

export type BackupHooksSpec = v.InferOutput<typeof backupHooksSchema>;

/** One command in a container. */
export type ExecSpec = v.InferOutput<typeof execSchema>;

/** The part of a selection of hooks that says which pods it takes. */
export type HookSelection = Omit<ResourceHooks, 'pre' | 'post'>;
