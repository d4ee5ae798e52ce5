import tseslint from 'typescript-eslint';
import { noTupleSpread } from './scripts/setup/lint/no-tuple-spread.mjs';

/** The stages in the order in which data flows; a stage may import itself and what stands before it. */
const STAGES = [
  'shared',
  'pg',
  'commands',
  'plan',
  'artifacts',
  'snapshot',
  'load',
  'actors',
  'tracing',
  'probes',
  'replay',
  'engine',
  'job',
  'checks',
  'report',
  'history',
  'publish',
  'nightly',
];

/** Imports of any of these folders, from wherever in the tree. */
function folders(names, message) {
  return { group: names.flatMap((name) => [`**/${name}/*`, `**/${name}/**/*`]), message };
}

const NO_PULUMI = { group: ['@pulumi/*'], message: 'Only infra/ knows Pulumi.' };

const NO_EXIT = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
  message: 'Only scripts/cli/main.ts ends the process.',
};
const NO_BARE_CHILD = {
  selector:
    "CallExpression[callee.name=/^(spawn|execa)$/]:not(:has(CallExpression[callee.name='withoutForeign']))",
  message:
    'A child gets its stdio from withoutForeign: nothing foreign, and an error where no file may be opened.',
};

const NO_PACKED_LITERAL = {
  selector: 'SpreadElement > :matches(ObjectExpression, ArrayExpression)',
  message: 'A literal is written out where it stands: spreading it into another only packs lines.',
};

/** What a stage may not import, and `more` that it may not. */
function stageRule(stage, ...more) {
  const later = folders(
    [...STAGES.slice(STAGES.indexOf(stage) + 1), 'cli', 'infra'],
    `${stage} may not import a later stage: data flows one way (see CONTRIBUTING.md).`,
  );
  return { 'no-restricted-imports': ['error', { patterns: [NO_PULUMI, later, ...more] }] };
}

const RESULT_ALONE = {
  regex: '/checks/(?!result/contract/)',
  message: 'A report is made from a result: all that it knows of checks is scripts/checks/result/contract.',
};

const stageRules = [
  ...STAGES.map((stage) => ({ files: [`scripts/${stage}/**`], rules: stageRule(stage) })),
  {
    files: ['scripts/report/**'],
    ignores: ['**/*.test.ts', '**/*.test.tsx', '**/*-fixture.ts'],
    rules: stageRule('report', RESULT_ALONE),
  },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'runs/', 'docs/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { own: { rules: { 'no-tuple-spread': noTupleSpread } } },
    rules: {
      'own/no-tuple-spread': 'error',
      'no-restricted-imports': ['error', { patterns: [NO_PULUMI] }],
      'max-lines': ['error', { max: 300 }],
      'max-params': ['error', { max: 4 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': ['error', NO_EXIT, NO_BARE_CHILD, NO_PACKED_LITERAL],
    },
  },
  ...stageRules,
  {
    files: ['infra/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            folders(
              ['scripts/cli', 'scripts/engine', 'scripts/checks', 'scripts/report', 'scripts/history'],
              'infra makes hosts; it does not judge or render.',
            ),
          ],
        },
      ],
    },
  },
  {
    // Signatures of Pulumi; then what is called for every request, and makes no object for it.
    files: [
      'infra/pulumi/engine-command.ts',
      ...['dispatcher', 'generator', 'requests/request-log'].map((name) => `scripts/load/${name}.ts`),
      ...['run-once', 'scripts/*'].map((name) => `scripts/load/${name}.ts`),
    ],
    rules: { 'max-params': 'off' },
  },
  {
    files: ['scripts/cli/main.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_BARE_CHILD, NO_PACKED_LITERAL] },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', '**/*-fixture.ts', 'scripts/setup/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_EXIT, NO_PACKED_LITERAL] },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', '**/*.fixture.ts', 'test/**'],
    rules: {
      'own/no-tuple-spread': 'off',
      'max-lines-per-function': 'off',
      'max-params': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
