/**
 * Imports go down only (docs/architecture.md, "Layout of the repository"). `npm run check` holds it, and
 * test/layers.test.ts that each rule bites. Types count: a circle of types is read as a circle too.
 */
const bands = ['platform', 'formats', 'operations', 'app', 'api'];

/** The folders of a restore: its stages, and what they stand on. */
const restoreFolders = [
  'document',
  'convert',
  'target',
  'transform',
  'decide',
  'check',
  'open',
  'report',
  'plan',
  'snapshots',
  'passive',
  'replica',
  'apply',
  'forecast',
  'stages',
  'rehearsal',
];

/** One rule a folder: it imports itself and those before it in the list; of others only what `within` leaves to other rules. */
const layered = (parent, folders, within) =>
  folders.map((folder, height) => ({
    name: `${parent.split('/').at(-1)}-${folder}`,
    comment: `${parent}/${folder} stands on ${folders.slice(0, height).join(', ') || 'nothing'}`,
    severity: 'error',
    from: { path: `^${parent}/${folder}/` },
    to: { path: within, pathNot: `^${parent}/(${folders.slice(0, height + 1).join('|')})/` },
  }));

const bandRules = layered('shared', bands, '^(shared|functions|cli|local|test|bench)/');
const restoreRules = layered('shared/operations/restore', restoreFolders, '^shared/operations/restore/');

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...bandRules,
    ...restoreRules,
    {
      name: 'formats',
      comment: 'vault → state → manifests',
      severity: 'error',
      from: { path: '^shared/formats/(manifests|state)/' },
      to: { path: '^shared/formats/(state|vault)/', pathNot: '^shared/formats/$1/' },
    },
    {
      name: 'functions',
      comment: 'A function maps an event to a call of shared/',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(cli|local|test|bench)/' },
    },
    {
      name: 'cli',
      severity: 'error',
      from: { path: '^(cli|local)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circles-of-folders',
      severity: 'error',
      scope: 'folder',
      from: { path: '^shared' },
      to: { circular: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      mainFields: ['module', 'main'],
      conditionNames: ['import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
