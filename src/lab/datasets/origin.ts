import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheDirectory } from "../cache.ts";
import { DownloadError, type DownloadEffects, realEffects } from "./download.ts";
import { MissingFile, readCached, readGiven } from "./files.ts";
import { parseIdx } from "./idx.ts";
import { type DatasetName, datasetWords, type PartName } from "./names.ts";
import { type OpenedPart, openStandIn, openStored } from "./opened-part.ts";
import { findPackage, installedPackages } from "./packages.ts";
import { partSources } from "./sources.ts";

export interface DataOptions {
  /** Folder with mnist/ and fashion-mnist/, or "drawn" for stand-ins; default VITRINE_DATA. */
  data?: string;
  /** Whether stand-ins may take the place of data that cannot be had; default "allow". */
  standIn?: "allow" | "never" | "only";
  /** Default VITRINE_CACHE, else vitrine/ in the user's cache folder. */
  cacheDirectory?: string;
  /** Folder in which npm installed. */
  packages?: string;
  effects?: DownloadEffects;
  /** Where data sets are downloaded from. */
  sources?: typeof partSources;
}

/** Options with the environment's answers for what they leave open. */
export const completeOptions = (options: DataOptions): Required<DataOptions> => ({
  standIn: "allow",
  packages: installedPackages,
  effects: realEffects,
  sources: partSources,
  ...options,
  data: options.data ?? process.env["VITRINE_DATA"] ?? "",
  cacheDirectory: options.cacheDirectory ?? cacheDirectory(),
});

/** Where arrays that were made of data are kept. */
export const keptDirectory = ({ cacheDirectory }: { cacheDirectory: string }): string =>
  join(cacheDirectory, "data");

/** Where the pictures of a data set come from. */
export interface Origin {
  /** JSON of what decides about its contents, known without opening a part. */
  identity: unknown;
  /**
   * Opens a part, once.
   * @throws MissingFile where it lacks the part, DownloadError where the network does not deliver it.
   */
  open(part: PartName): Promise<OpenedPart>;
}

function once<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key)!;
  };
}

const describe = (name: DatasetName, part: PartName): string =>
  `${datasetWords[name].title}, ${part} part`;

const officialCount: Record<PartName, number> = { train: 60_000, test: 10_000 };

/** Stand-ins that the project draws. */
export const drawnOrigin = (name: DatasetName): Origin => ({
  identity: "drawn 1",
  open: once(async (part) =>
    openStandIn(`drawn stand-ins for ${describe(name, part)}`, name, officialCount[part]),
  ),
});

/** A folder that the user names; its files decide, whatever they are. */
async function givenOrigin(
  name: DatasetName,
  directory: string,
  sources: typeof partSources,
): Promise<Origin> {
  const read = once((part: PartName) => readGiven(directory, sources[name][part]));
  const hash = (part: PartName): Promise<string | null> =>
    read(part).then(
      ({ images, labels }) =>
        createHash("sha256").update(images.bytes).update(labels.bytes).digest("hex"),
      (error: unknown) => {
        if (error instanceof MissingFile) return null;
        throw error;
      },
    );
  return {
    identity: { train: await hash("train"), test: await hash("test") },
    open: once(async (part) => {
      const { images, labels } = await read(part);
      return openStored(`${describe(name, part)}, from a given folder`, parseIdx(images, labels));
    }),
  };
}

/**
 * @returns the function that finds out, once for each data set, where it comes from: a given folder
 * is the only source; without one, it is an installed package, else the cache and the network.
 */
export function createOrigins(
  options: Required<DataOptions>,
): (name: DatasetName) => Promise<Origin> {
  const { data, standIn, cacheDirectory, packages, effects, sources } = options;
  let unreachable: DownloadError | undefined;

  const download = async (name: DatasetName, part: PartName) => {
    if (unreachable) throw unreachable; // asking again for each part would wait each time
    try {
      return await readCached(join(cacheDirectory, name), sources[name][part], effects);
    } catch (error) {
      if (error instanceof DownloadError) unreachable = error;
      throw error;
    }
  };

  return once(async (name) => {
    if (data === "drawn" || standIn === "only") return drawnOrigin(name);
    if (data) return givenOrigin(name, join(data, name), sources);
    const found = await findPackage(name, packages, keptDirectory(options));
    if (found) {
      return {
        identity: found.id,
        open: once(async (part) =>
          openStored(
            `${describe(name, part)}, from the npm package ${found.id}`,
            await found.read(part),
          ),
        ),
      };
    }
    return {
      identity: Object.values(sources[name]).map(({ images, labels }) => [
        images.sha256,
        labels.sha256,
      ]),
      open: once(async (part) => {
        const { images, labels } = await download(name, part);
        return openStored(`${describe(name, part)}, downloaded`, parseIdx(images, labels));
      }),
    };
  });
}
