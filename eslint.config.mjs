import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const rooms = ['contracts', 'domain', 'workflows', 'activities', 'workers', 'api', 'sftp', 'db', 'platform', 'doors'];

// The arrows of ARCHITECTURE.md: what each room may import besides itself.
const arrows = {
  contracts: [],
  domain: ['contracts'],
  platform: ['contracts'],
  db: ['contracts', 'domain'],
  doors: ['contracts', 'domain', 'db', 'platform'],
  activities: ['contracts', 'domain', 'db', 'platform', 'doors'],
  // Activities are named by workflows only as types: the lint below forbids a value import.
  workflows: ['contracts', 'domain', 'activities'],
  api: ['contracts', 'domain', 'db', 'platform', 'doors'],
  sftp: ['contracts', 'domain', 'db', 'platform', 'doors'],
  workers: ['contracts', 'domain', 'db', 'platform', 'doors', 'activities', 'workflows'],
};

const zones = rooms.map((room) => ({
  target: `./src/${room}`,
  from: [
    ...rooms.filter((other) => other !== room && !arrows[room].includes(other)).map((other) => `./src/${other}`),
    './scripts',
    './test',
    './bench',
    './cli',
    './web',
  ],
}));

const nodeBuiltIns = ['node:*', 'fs', 'path', 'crypto', 'http', 'stream', 'os', 'child_process', 'util', 'buffer'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.careway/**', 'web/dist/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a string union.' }],
    },
    settings: { 'import-x/resolver': { typescript: true, node: { extensions: ['.ts', '.js'] } } },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Read config.' }] },
  },
  {
    // Workflow code is replayed: no Node module, no plain Error (it would retry for ever), no value of an activity.
    files: ['src/workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/activities/**'], allowTypeImports: true }, { group: nodeBuiltIns }] },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ThrowStatement > NewExpression[callee.name="Error"]', message: 'Throw ApplicationFailure.' },
      ],
    },
  },
  {
    // Domain code is pure: it may not reach for a clock, chance or the outside world.
    files: ['src/domain/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: nodeBuiltIns }] }],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
    },
  },
  { files: ['scripts/**', 'bench/**', 'cli/**', 'examples/**'], rules: { 'no-console': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly', fetch: 'readonly' },
    },
  },
);
