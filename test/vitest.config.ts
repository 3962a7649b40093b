import { defineConfig } from "vitest/config";

// `unit` and `contract` are the fast ring; `integration` needs Ruby, root file systems and minutes.
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { extends: true, test: { name: "contract", include: ["test/contract/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 20 * 60_000,
          hookTimeout: 40 * 60_000,
        },
      },
    ],
  },
});
