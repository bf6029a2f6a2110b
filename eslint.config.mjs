import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders below nodes/, each a room of one palette node. */
const rooms = ['gateway', 'send', 'report', 'inbound', 'webhook', 'device', 'account', 'alert', 'sidebar'];

/** Forbids imports that leave the own folder for one of these. */
const closed = (folders, message) => ({ regex: `^(\\.\\./)+(${folders.join('|')})(/|$)`, message });

/** The walls: who may import whom. Every folder below nodes/ has its line. */
const walls = {
  core: [closed(['vendors', 'engine', 'simulators', 'runtime'], 'core knows nobody.')],
  vendors: [closed(['engine', 'simulators', 'runtime'], 'vendors know core.')],
  engine: [
    closed(['simulators', 'runtime'], 'engine knows core and the driver interface.'),
    closed(['vendors/(?!driver$).*'], 'engine knows the driver interface, never one vendor.'),
  ],
  simulators: [closed(['core', 'vendors', 'engine', 'runtime'], 'simulators share nothing with the drivers.')],
  runtime: [],
  ...Object.fromEntries(
    rooms.map((room) => [room, [closed(['vendors', 'simulators'], 'Node rooms know engine, core and runtime.')]]),
  ),
};

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
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['Buffer', 'URL', 'clearTimeout', 'console', 'fetch', 'process', 'setTimeout', 'structuredClone'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  ...Object.entries(walls).map(([folder, patterns]) => ({
    files: [`nodes/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: [closed(rooms, 'Nobody knows a node room.'), ...patterns] }],
    },
  })),
);
