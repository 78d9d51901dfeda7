/**
 * Imports go down only (docs/architecture.md, "Layout of the repository"). `npm run check` holds it, and
 * test/layers.test.ts that each rule bites. Types count: a circle of types is read as a circle too.
 */
const bands = ['platform', 'formats', 'operations', 'app', 'api'];

/** Where circles are still being taken apart. */
const unravelled = '^shared/operations/restore|^shared/formats/manifests/schedule|^cli/';

/** A band of shared/ imports itself and the bands below it. */
const bandRules = bands.map((band, height) => ({
  name: `shared-${band}`,
  comment: `shared/${band} stands on ${bands.slice(0, height).join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^shared/${band}/` },
  to: {
    path: '^(shared|functions|cli|local|test|bench)/',
    pathNot: `^shared/(${bands.slice(0, height + 1).join('|')})/`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...bandRules,
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
    { name: 'no-circles', severity: 'error', from: { pathNot: unravelled }, to: { circular: true } },
    {
      name: 'no-circles-of-folders',
      severity: 'error',
      scope: 'folder',
      from: { path: '^shared', pathNot: unravelled },
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
