import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The walls: what each room may not import, by the folder below nodes/ that it lies in. */
const rooms = ['gateway', 'send', 'report', 'inbound', 'webhook', 'device', 'account', 'alert', 'sidebar'];
const closed = (folders, message) => ({
  group: folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]),
  message,
});
const wall = (files, ...patterns) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [closed(rooms, 'Nobody knows a node room.'), ...patterns] }],
  },
});
const vendors = ['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'];

export default tseslint.config(
  { ignores: ['dist/', '.tools/', '.demo/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './tsconfig.editor.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', fetch: 'readonly', setTimeout: 'readonly' },
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  wall(['nodes/core/**/*.ts'], closed(['vendors', 'engine', 'simulators', 'runtime'], 'core knows nobody.')),
  wall(['nodes/vendors/**/*.ts'], closed(['engine', 'simulators', 'runtime'], 'vendors know core.')),
  wall(
    ['nodes/engine/**/*.ts'],
    closed(
      ['simulators', 'runtime', 'vendors/registry', ...vendors.map((id) => `vendors/${id}`)],
      'engine knows core and the driver interface, never one vendor.',
    ),
  ),
  wall(
    ['nodes/simulators/**/*.ts'],
    closed(['core', 'vendors', 'engine', 'runtime'], 'simulators share nothing with the drivers.'),
  ),
  wall(['nodes/runtime/**/*.ts']),
  {
    files: rooms.map((room) => `nodes/${room}/**/*.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            closed(
              ['vendors', 'simulators', ...rooms.map((room) => `../${room}`)],
              'Node rooms know engine, core and runtime.',
            ),
          ],
        },
      ],
    },
  },
);
