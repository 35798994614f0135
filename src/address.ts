import { UserError } from "./error.ts";

/**
 * Path of the site on its host, which pages and style sheets hold as it is.
 * @param text e.g. "/vitrine/", "vitrine"; null or empty for "/".
 * @throws UserError for anything but names of letters, digits and . _ ~ - between slashes.
 */
export function parseBase(text: string | null | undefined): string {
  if (!text) return "/";
  const names = text.replace(/^\/|\/$/g, "").split("/");
  const plain = names.every((name) => /^[\w.~-]+$/.test(name) && !/^\.+$/.test(name));
  if (plain || text === "/") return text;
  throw new UserError(`the base is no plain path: “${text}”`, {
    hint: "names of letters, digits and . _ ~ - between slashes, e.g. --base /vitrine/",
  });
}

/**
 * Address of the host, for links that must be whole.
 * @throws UserError for what is no address of http or https.
 */
export function parseSite(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  const address = URL.parse(text);
  if (address && /^https?:$/.test(address.protocol)) return text;
  throw new UserError(`the site is no address of http or https: “${text}”`, {
    hint: "e.g. --site https://example.org",
  });
}
