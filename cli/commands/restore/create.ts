import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { RestoreRequest } from '../../../shared/formats/manifests/run';
import type { CommandLine } from '../../command-line';
import { shownHandles } from '../../options/snapshot-handles';
import { nameOfRestore, type RestoreFlags, requestOf, withRestoreFlags } from '../../options/restore';
import { isNewRun, waitAndReport, withIfAbsent, withWait } from '../../options/wait';

interface CreateFlags extends RestoreFlags {
  plan?: string;
  failOnDrift?: boolean;
  allSnapshotHandles?: boolean;
  wait?: boolean;
  ifAbsent?: boolean;
}

/** `restore create`. */
export function createRestoreCommand(line: CommandLine): Command {
  const command = new Command('create')
    .argument('[name]', 'default: <backup>-<time>')
    .description('restore a backup, or a part of it; what exists is left alone')
    .option(
      '--plan <plan>',
      'do what this plan showed, and nothing else: its file, or its name; takes the place of the other flags',
    )
    .option(
      '--all-snapshot-handles',
      'with --plan: take the data of claims from every snapshot that the plan showed, whoever took it',
    )
    .option('--fail-on-drift', 'with --plan: restore nothing when something has changed since')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat restore create --from-backup shop-1 --wait\n' +
        '  lifeboat restore create --from-backup shop-1 --namespace-mappings shop:shop-test\n' +
        '  lifeboat restore create --from-backup shop-1 --object configmaps/shop/settings\n' +
        '  lifeboat restore create --plan plan.json --fail-on-drift --wait',
    )
    .action(async (given: string | undefined, flags: CreateFlags) => {
      const { requestRestore } = await import('../../../shared/app/runs/request');
      const request =
        flags.plan === undefined
          ? await requestOf(line, withoutPlan(flags), given)
          : await plannedRequest(line, flags, flags.plan, given);
      const { name } = request.metadata;
      const isNew = await isNewRun(await requestRestore(await line.open(), request), flags.ifAbsent);
      line.screen.note(
        `Restore ${name} of backup ${request.spec.backupName} into cluster ${request.cluster} ${isNew ? 'requested' : 'was asked for already'}.`,
      );
      if (flags.wait) await waitAndReport(line, 'restores', name);
      else line.screen.note(`Follow it with \`lifeboat restore get ${name}\`.`);
    });
  return withIfAbsent(withWait(withRestoreFlags(command)));
}

async function plannedRequest(
  line: CommandLine,
  flags: CreateFlags,
  plan: string,
  given: string | undefined,
): Promise<RestoreRequest> {
  const { plan: _plan, failOnDrift, allSnapshotHandles, wait: _wait, ifAbsent: _ifAbsent, ...others } = flags;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new LifeboatError('invalid', `--plan says what is restored, and so does another flag (${other})`, {
      hint: 'make a new plan with that flag, or leave it out',
    });
  }
  const { keepPlan, requestOfPlan } = await import('../../../shared/app/runs/kept-plan');
  const bytes = await readFile(plan).catch(() => undefined);
  if (bytes) {
    const { readPlan } = await import('../../../shared/operations/restore/plan/restore-plan');
    const { request, objects } = readPlan(bytes, plan);
    const name = given ?? (await nameOfRestore(request.spec.backupName, line.clock.now()));
    const kept = await keepPlan(await line.open(), bytes, { metadata: { name }, failOnDrift, what: plan });
    return allSnapshotHandles ? { ...kept, snapshotHandles: await shownHandles(objects, plan) } : kept;
  }
  const { isName } = await import('../../../shared/platform/input/names');
  const { findRequest } = await import('../../../shared/formats/state/run/requests');
  const installation = await line.open();
  const made = isName(plan)
    ? await findRequest(installation.state.store, { kind: 'plans', name: plan })
    : undefined;
  if (made?.kind !== 'PlanRequest') {
    throw new LifeboatError('invalid', `${plan} cannot be read, and is no plan that was asked for`, {
      hint: 'make a plan with `lifeboat restore plan …`',
    });
  }
  const name = given ?? (await nameOfRestore(made.spec.backupName, line.clock.now()));
  const planned = await requestOfPlan(installation, plan, { metadata: { name }, failOnDrift });
  if (!allSnapshotHandles) return planned;
  const { wholePlan } = await import('../../../shared/app/runs/made-plan');
  const { objects } = await wholePlan(installation, plan);
  return { ...planned, snapshotHandles: await shownHandles(objects, plan) };
}

/** Throws LifeboatError `invalid` where somebody takes snapshots that no plan has shown. */
function withoutPlan({ allSnapshotHandles, ...flags }: CreateFlags): RestoreFlags {
  if (!allSnapshotHandles) return flags;
  throw new LifeboatError('invalid', '--all-snapshot-handles takes what a plan showed, and none is named', {
    hint: 'make one with `lifeboat restore plan`, look at its volumes, and name it with --plan; or name single snapshots with --snapshot-handle',
  });
}
