const forbid = (name, from, to, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to },
});

/** Who may import whom: experiments say what to train, the lab trains it, the site reads the store. */
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
      ...forbid("experiments-declare", "^experiments", "^src", "an experiment is a table"),
      to: { path: "^src", pathNot: "^src/lab/experiment\\.ts$" },
    },
    {
      ...forbid(
        "site-reads-types-only",
        "^src/(results|plots|views|components|pages|layouts)",
        "^src/lab",
        "pages never load the lab",
      ),
      to: { path: "^src/lab", dependencyTypesNot: ["type-only"] },
    },
    forbid(
      "lab-knows-no-site",
      "^src/lab",
      "^src/(components|pages|plots|views|layouts|content|results)",
      "data flows one way",
    ),
    {
      ...forbid(
        "tfjs-in-the-lab",
        "^(src/(?!lab)|scripts|experiments)",
        "node_modules/(@tensorflow|onnxruntime)",
        "only the lab computes",
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
