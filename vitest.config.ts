import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/eventually.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres.ts'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    // Two cores: more workers only make the tests of time and of crashes wait for each other.
    maxWorkers: 2,
    coverage: { include: ['src/**'] },
  },
});
