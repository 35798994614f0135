/**
 * Joins the site's base path and a path inside the site.
 * @param base e.g. "/", "/vitrine", "/vitrine/"
 * @param path e.g. "articles/x/", "/favicon.svg", "" for the home page
 * @returns absolute path with exactly one slash at each joint.
 */
export const joinBase = (base: string, path: string): string =>
  `/${[base, path]
    .map((part) => part.replace(/^\/+|\/+$/g, ""))
    .filter(Boolean)
    .join("/")}` + (path.endsWith("/") || path === "" ? "/" : "");

/** Address of a page or file of this site; every internal link goes through here. */
export const url = (path: string): string => joinBase(import.meta.env.BASE_URL, path);
