/** The rules of the house. Every one is an error; test/support/check.ts proves that a planted violation is caught. */
const HOUSES =
  'identity|prompts|policies|redaction|limits|budgets|metering|audit|cache|providers|routing|responses';

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'dialects-import-only-core',
      severity: 'error',
      from: { path: '^src/dialects/' },
      to: { path: '^src/', pathNot: '^src/(dialects|core)/' },
    },
    {
      name: 'storage-and-telemetry-import-only-core',
      severity: 'error',
      from: { path: '^src/(storage|telemetry)/' },
      to: { path: '^src/', pathNot: ['^src/core/', '^src/$1/'] },
    },
    {
      name: 'config-imports-only-settings',
      comment:
        'config composes the strict schema from the settings.ts of each house and knows nothing else of them',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/', pathNot: ['^src/(core|config)/', '^src/[a-z]+/settings\\.ts$'] },
    },
    {
      name: 'houses-know-little',
      comment:
        'core, dialects, storage, telemetry, the two contracts, and other houses through their index.ts',
      severity: 'error',
      from: { path: `^src/(${HOUSES})/` },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(core|dialects|storage|telemetry)/',
          '^src/$1/',
          `^src/(${HOUSES})/index\\.ts$`,
          `^src/(${HOUSES})/schema\\.ts$`,
          '^src/gateway/stage\\.ts$',
          '^src/admin/route\\.ts$',
        ],
      },
    },
    {
      name: 'schema-knows-only-schema',
      comment:
        'tables may refer to tables of other houses, for foreign keys; nothing else reaches into a house',
      severity: 'error',
      from: { path: `^src/(${HOUSES})/(?!schema\\.ts|store\\.ts).*`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/(${HOUSES})/schema\\.ts$`, pathNot: '^src/$1/' },
    },
    {
      name: 'gateway-imports-stages-and-contracts',
      severity: 'error',
      from: { path: '^src/gateway/' },
      to: {
        path: '^src/',
        pathNot: ['^src/(core|dialects|telemetry|gateway)/', `^src/(${HOUSES})/(index|stage)\\.ts$`],
      },
    },
    {
      name: 'admin-imports-routes-and-contracts',
      severity: 'error',
      from: { path: '^src/admin/' },
      to: {
        path: '^src/',
        pathNot: ['^src/(core|telemetry|storage|admin)/', `^src/(${HOUSES})/(index|routes)\\.ts$`],
      },
    },
    {
      name: 'only-app-and-main-see-everything',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app/|main\\.ts$)' },
      to: { path: '^src/(app/|main\\.ts$)' },
    },
    {
      name: 'no-tests-in-production',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
    {
      name: 'dependencies-are-declared',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    // the libraries of the client tests have an install of their own
    {
      name: 'resolvable',
      severity: 'error',
      from: { pathNot: '^test/clients/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
