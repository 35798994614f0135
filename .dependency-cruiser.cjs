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
    forbid("the-tool-knows-no-study", "^(src|scripts)", "^experiments", "studies are given to it"),
    {
      ...forbid(
        "studies-stand-alone",
        "^experiments/([^/]+)/",
        "^experiments/",
        "a study can be deleted without another noticing",
      ),
      to: { path: "^experiments/", pathNot: "^experiments/$1/" },
    },
    {
      ...forbid(
        "figures-read-results",
        "^experiments/[^/]+/figures/",
        "^src/lab",
        "pages never load the lab",
      ),
      to: { path: "^src/lab", dependencyTypesNot: ["type-only"] },
    },
    {
      ...forbid(
        "tasks-know-no-page",
        "^experiments/[^/]+/[^/]+$",
        "^src/(?!lab)",
        "a change of a page is no change of a result",
      ),
      from: { path: "^experiments/[^/]+/[^/]+$", pathNot: "\\.test\\.ts$" },
    },
    {
      ...forbid(
        "site-reads-types-only",
        "^src/(plots|components|pages|layouts)",
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
        "only the lab and the tasks of studies compute",
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
