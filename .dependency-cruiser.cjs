const forbid = (name, from, to, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to },
});

/** Who may import whom: studies say what is run, the lab runs it, the site reads what is published. */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    forbid(
      "nobody-imports-scripts",
      "^(src|experiments)",
      "^scripts",
      "commands are the outermost layer",
    ),
    forbid("nobody-imports-pages", "^src/(?!pages)", "^src/pages", "pages are the outermost layer"),
    {
      ...forbid(
        "studies-import-by-name",
        "^experiments",
        "^src",
        "#lab/task, not ../../src/lab/task.ts",
      ),
      to: { path: "^src", dependencyTypesNot: ["aliased-subpath-import"] },
    },
    {
      ...forbid(
        "plans-load-no-tfjs",
        "^experiments/[^/]+/study\\.ts$",
        "node_modules/(@tensorflow|onnxruntime)",
        "a study says what is run; tasks' code is loaded where it runs",
      ),
      to: { path: "node_modules/(@tensorflow|onnxruntime)", reachable: true },
    },
    {
      ...forbid(
        "site-reads-types-only",
        "^(src/(plots|components|pages|layouts)|experiments/[^/]+/figures)",
        "^src/lab",
        "pages never load the lab",
      ),
      to: { path: "^src/lab", dependencyTypesNot: ["type-only"] },
    },
    forbid(
      "lab-knows-no-site",
      "^src/lab",
      "^src/(components|pages|plots|layouts|site)",
      "data flows one way",
    ),
    {
      ...forbid(
        "tfjs-in-the-lab",
        "^(src/(?!lab)|scripts|experiments/[^/]+/figures)",
        "node_modules/(@tensorflow|onnxruntime)",
        "only the lab and the code of tasks compute",
      ),
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "src/lab/engines/onnx/proto" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs", ".cjs"] },
  },
};
