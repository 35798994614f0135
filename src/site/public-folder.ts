import { join, resolve } from "node:path";

/** A path within the folder of static files, whose runs/ pages read. */
export const publicPath = (...parts: string[]): string =>
  join(resolve(process.env["VITRINE_PUBLIC"] || "public"), ...parts);
