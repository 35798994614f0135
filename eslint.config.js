import astro from "eslint-plugin-astro";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig(
  globalIgnores([
    ".cache",
    "dist",
    "results",
    "public/runs",
    ".astro",
    ".tmp-*",
    ".old-*",
    "src/lab/engines/onnx/proto",
  ]),
  ts.configs.recommended,
  astro.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
    },
  },
);
