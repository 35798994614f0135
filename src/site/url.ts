/**
 * Joins the site's base path and a path inside the site.
 * @param base e.g. "/", "/vitrine", "/vitrine/"
 * @param path e.g. "articles/x/", "/favicon.svg", "" for the home page
 * @returns absolute path with exactly one slash at each joint.
 */
export function joinBase(base: string, path: string): string {
  const parts = `${base}/${path}`.split("/").filter(Boolean);
  const isFolder = path === "" || path.endsWith("/");
  return `/${parts.join("/")}${isFolder && parts.length > 0 ? "/" : ""}`;
}

/** Address of a page or file of this site; every internal link goes through here. */
export const url = (path: string): string => joinBase(import.meta.env.BASE_URL, path);
