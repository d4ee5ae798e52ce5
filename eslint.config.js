import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** The stages in the order in which data flows; a stage may import itself and what stands before it. */
const STAGES = [
  'shared',
  'pg',
  'plan',
  'artifacts',
  'snapshot',
  'load',
  'probes',
  'replay',
  'engine',
  'checks',
  'report',
  'history',
];

const zones = STAGES.map((stage, index) => ({
  target: `./scripts/${stage}`,
  from: [...STAGES.slice(index + 1).map((later) => `./scripts/${later}`), './scripts/cli', './infra'],
  message: `${stage} may not import a later stage: data flows one way (see CONTRIBUTING.md).`,
}));

export default tseslint.config(
  { ignores: ['node_modules/', 'runs/', 'docs/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.tsx', '.js', '.mjs'] })],
    },
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...zones,
            {
              target: './infra',
              from: [
                './scripts/cli',
                './scripts/checks',
                './scripts/report',
                './scripts/history',
                './scripts/engine',
              ],
              message: 'infra makes hosts; it does not judge or render.',
            },
          ],
        },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@pulumi/*'], message: 'Only infra/ knows Pulumi.' }] },
      ],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
          message: 'Only scripts/cli/main.ts ends the process.',
        },
      ],
    },
  },
  { files: ['infra/**'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['scripts/cli/main.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
