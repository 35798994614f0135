import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // What this name stands for when Astro loads the schemas of articles.
    alias: { "astro:content": "astro/content/config" },
    include: ["test/**/*.test.ts", "experiments/**/*.test.ts"],
    // Whole galleries are built and browsers driven; two cores may be shared.
    testTimeout: 180_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
  },
});
