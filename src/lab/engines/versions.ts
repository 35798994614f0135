import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Installed versions of packages, and Node's. */
export function versionsOf(...packages: string[]): Record<string, string> {
  const versions = packages.map((name) => {
    const { version } = require(`${name}/package.json`) as { version: string };
    return [name, version] as const;
  });
  return { ...Object.fromEntries(versions), node: process.versions.node };
}
