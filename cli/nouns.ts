import type { Command } from 'commander';
import type { CommandLine } from './command-line';

/** A word that follows `lifeboat`. */
export interface Noun {
  name: string;
  /** What it is, for the help of the program and for its own. */
  summary: string;
  /**
   * Reads its commands: only what a command line names is read, for a person waits for it. What is read takes the line, and what
   * makes the whole program.
   */
  load(): Promise<(line: CommandLine, program: () => Promise<Command>) => Command>;
}

/** In the order of `lifeboat --help`. */
export const nouns: readonly Noun[] = [
  {
    name: 'cluster',
    summary: 'Kubernetes clusters that are backed up and restored into',
    load: async () => (await import('./commands/cluster')).clusterCommand,
  },
  {
    name: 'vault',
    summary: 'places in OSS where backups are kept, in the layout of Velero',
    load: async () => (await import('./commands/vault')).vaultCommand,
  },
  {
    name: 'backup',
    summary: 'backups, ours and Velero’s',
    load: async () => (await import('./commands/backup')).backupCommand,
  },
  {
    name: 'restore',
    summary: 'restores of backups into a cluster',
    load: async () => (await import('./commands/restore')).restoreCommand,
  },
  {
    name: 'run',
    summary: 'backups and restores while they are carried out',
    load: async () => (await import('./commands/run')).runCommand,
  },
  {
    name: 'schedule',
    summary: 'backups made by the clock',
    load: async () => (await import('./commands/schedule')).scheduleCommand,
  },
  {
    name: 'retention',
    summary: 'what lets backups go, and what keeps them',
    load: async () => (await import('./commands/retention')).retentionCommand,
  },
  {
    name: 'replication',
    summary: 'rules: when a backup lands, restore it into other clusters',
    load: async () => (await import('./commands/replication')).replicationCommand,
  },
  {
    name: 'notification',
    summary: 'where people are told of what went wrong',
    load: async () => (await import('./commands/notification')).notificationCommand,
  },
  {
    name: 'token',
    summary: 'who may call the HTTP API, and what they may do',
    load: async () => (await import('./commands/token')).tokenCommand,
  },
  {
    name: 'apply',
    summary: 'make or change vaults, schedules and replications until they are as files say',
    load: async () => (await import('./commands/apply')).applyCommand,
  },
  {
    name: 'context',
    summary: 'which installation the other commands work with',
    load: async () => (await import('./commands/context')).contextCommand,
  },
  {
    name: 'completion',
    summary: 'print the script by which a shell completes commands and options',
    load: async () => (await import('./commands/completion')).completionCommand,
  },
  {
    name: 'seal',
    summary: 'keys under which secrets are sealed, and the signing key',
    load: async () => (await import('./commands/seal')).sealCommand,
  },
  {
    name: 'state',
    summary: 'the state’s own safety: its exports in the vaults, and how it comes back',
    load: async () => (await import('./commands/state')).stateCommand,
  },
  {
    name: 'cost',
    summary: 'what the schedules cost a month in Function Compute and OSS, from measured run times',
    load: async () => (await import('./commands/cost')).costCommand,
  },
  {
    name: 'deploy',
    summary: 'what a deployment on Function Compute needs: s.yaml, roles, rules',
    load: async () => (await import('./commands/deploy')).deployCommand,
  },
  {
    name: 'doctor',
    summary: 'look at state, functions, vaults and clusters, and say what is wrong and what to do',
    load: async () => (await import('./commands/doctor')).doctorCommand,
  },
  {
    name: 'local',
    summary: 'run all of Lifeboat on this machine: OSS, the functions, and clusters to play with',
    load: async () => (await import('./commands/local')).localCommand,
  },
];
