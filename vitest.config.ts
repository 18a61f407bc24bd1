import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const door = (path: string): string => fileURLToPath(new URL(`src/doors/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests go through the doors, as a user does, but read the source: no build is needed to run them.
    alias: [
      { find: /^@auraconnect\/webhooks$/, replacement: door("index.ts") },
      { find: /^@auraconnect\/webhooks\/([a-z]+)$/, replacement: door("$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
    globalSetup: ["test/services/global-setup.ts"],
    testTimeout: 60_000,
    unstubEnvs: true,
  },
});
