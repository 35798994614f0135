import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AstroIntegration, ViteUserConfig } from "astro";
import { checkStudies, handedComponents } from "./check-studies.ts";
import type { LoopWord } from "./dev-page.ts";
import { ArticleFront, FigureFront, readFrontMatter } from "./front-matter.ts";
import { readMdx } from "./mdx.ts";
import { endWith, isMistake, tellMistakes } from "./mistakes.ts";
import { outlineOf } from "./outline.ts";
import { listStudyFolders, type StudyFolder } from "./study-folders.ts";

type VitePlugin = Extract<NonNullable<ViteUserConfig["plugins"]>[number], { name: string }>;

const root = fileURLToPath(new URL("../../", import.meta.url));
const name = "virtual:studies";
const resolved = `\0${name}`;

const read = (path: string | null): string | null => path && readFileSync(path, "utf8");

const json = JSON.stringify;

const statusLine = fileURLToPath(new URL("status-line.ts", import.meta.url));

/** Source of one study: what is known without rendering, as JSON, and the modules that render. */
function writeStudy(folder: StudyFolder, index: number): { imports: string[]; entry: string } {
  const imports: string[] = [];
  const importAll = (path: string, name: string): string => {
    imports.push(`import * as ${name} from ${json(path)};`);
    return name;
  };
  const article = folder.article === null ? null : readMdx(folder.article, root);
  const files = Object.fromEntries(
    Object.entries(folder.figures).map(([id, path]) => [id, readMdx(path, root)]),
  );
  const outline = article && outlineOf(article, files);
  const figures = Object.entries(folder.figures).map(([id, path], i) => {
    const number = outline?.figures.find((figure) => figure.id === id)?.number ?? null;
    const front = json(readFrontMatter(FigureFront, files[id]!));
    const own = json(outlineOf(files[id]!, files, { id, number: number ?? 1 }));
    const module = importAll(path, `figure${index}x${i}`);
    return `${json(id)}: { number: ${number}, front: ${front}, outline: ${own}, module: ${module} }`;
  });
  const written = article
    ? `{ front: ${json(readFrontMatter(ArticleFront, article))}, outline: ${json(outline)}, ` +
      `module: ${importAll(folder.article!, `article${index}`)} }`
    : "null";
  const entry =
    `{ id: ${json(folder.id)}, css: ${json(read(folder.css))}, ` +
    `references: ${json(read(folder.references))}, article: ${written}, ` +
    `figures: { ${figures.join(", ")} } }`;
  return { imports, entry };
}

/** Writes the module that lists what the folder of experiments holds. */
function listStudies(experiments: string, isChecked: boolean): VitePlugin {
  return {
    name: "studies",
    resolveId: { filter: { id: /^virtual:studies$/ }, handler: () => resolved },
    load: {
      filter: { id: /^\0virtual:studies$/ },
      handler() {
        const folders = listStudyFolders(experiments);
        if (!isChecked) checkStudies(experiments, root);
        for (const { article, figures, css, references } of folders) {
          for (const path of [article, css, references, ...Object.values(figures)]) {
            if (path) this.addWatchFile(path);
          }
        }
        const studies = folders.map(writeStudy);
        const handed = Object.entries(handedComponents());
        return [
          ...studies.flatMap(({ imports }) => imports),
          ...handed.map(([name, path]) => `import ${name} from ${JSON.stringify(path)};`),
          `export const handed = { ${handed.map(([name]) => name).join(", ")} };`,
          `export const studies = [${studies.map(({ entry }) => entry).join(",\n")}];`,
        ].join("\n");
      },
    },
    configureServer(server) {
      server.watcher.add(experiments);
      const reload = (path: string): void => {
        if (!path.startsWith(experiments)) return;
        for (const { moduleGraph } of Object.values(server.environments)) {
          const module = moduleGraph.getModuleById(resolved);
          if (module) moduleGraph.invalidateModule(module);
        }
        server.environments.client.hot.send({ type: "full-reload" });
      };
      server.watcher.on("add", reload).on("unlink", reload);
    },
  };
}

const engines = /^(@tensorflow\/|onnxruntime)/;

/** Pages show results; a page that computes would carry an engine of many megabytes. */
function refuseEngines(): VitePlugin {
  const importers = new Map<string, string>();
  const chainOf = (from: string): string[] => {
    const importer = importers.get(from);
    return importer && importer !== from ? [...chainOf(importer), from] : [from];
  };
  return {
    name: "refuse-engines",
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (!importer) return;
      if (engines.test(source)) {
        const chain = chainOf(importer).map((path) => path.replace(root, ""));
        this.error(`a page must not import ${source}: ${chain.join(" → ")}`);
      }
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (found && !importers.has(found.id)) importers.set(found.id, importer);
      return found;
    },
  };
}

/** A folder of experiments outside the project finds packages and library as one inside does. */
function resolveFromProject(experiments: string): VitePlugin {
  const isBare = /^(#|@?[a-z][\w.-]*(\/|$))/i;
  return {
    name: "resolve-from-project",
    enforce: "pre",
    async resolveId(source, importer, options) {
      const isOutside = importer?.startsWith(experiments) && !experiments.startsWith(root);
      if (!isOutside || !isBare.test(source)) return;
      return this.resolve(source, join(root, "src/site/studies-plugin.ts"), {
        ...options,
        skipSelf: true,
      });
    },
  };
}

/** Stacks of mistakes lead to the lines of a study's own code. */
const mapStacks = (): VitePlugin => ({
  name: "map-stacks",
  applyToEnvironment: ({ name }) => name === "prerender",
  outputOptions: (options) => ({ ...options, sourcemap: true }),
});

function checkBeforeBuild(experiments: string): void {
  try {
    checkStudies(experiments, root);
  } catch (error) {
    if (!isMistake(error)) throw error;
    endWith([error]);
  }
}

/** The folder of studies that the environment names, absolute. */
export const experimentsFolder = (env: NodeJS.ProcessEnv): string =>
  resolve(root, env["VITRINE_EXPERIMENTS"] || "experiments");

/** Astro integration: `virtual:studies` lists the studies of a folder for pages. */
export const studies = (experiments: string): AstroIntegration => ({
  name: "studies",
  hooks: {
    "astro:config:setup": ({ command, injectScript, updateConfig }) => {
      const isBuild = command === "build";
      if (command === "dev") injectScript("page", `import ${json(statusLine)};`);
      if (isBuild) checkBeforeBuild(experiments);
      updateConfig({
        devToolbar: { enabled: false },
        vite: {
          plugins: [
            mapStacks(),
            resolveFromProject(experiments),
            refuseEngines(),
            listStudies(experiments, isBuild),
          ],
        },
      });
    },
    "astro:build:start": ({ setPrerenderer }) => {
      process.setSourceMapsEnabled(true);
      setPrerenderer(tellMistakes(experiments));
    },
    "astro:server:setup": ({ server }) => {
      const client = server.environments.client.hot;
      let status: LoopWord | null = null;
      const show = (): void => {
        if (status) client.send("vitrine:status", status);
      };
      client.on("vitrine:ask", show);
      process.on("message", (word: LoopWord) => {
        if (word.type === "status") {
          status = word;
          return show();
        }
        for (const { moduleGraph } of Object.values(server.environments)) {
          moduleGraph.invalidateAll();
        }
        client.send({ type: "full-reload" });
      });
    },
  },
});
