import type { APIRoute } from "astro";
import { formatFeed } from "../site/feed.ts";
import { siteSettings } from "../site/settings.ts";
import { articles } from "../site/site-map.ts";
import { articlePath } from "../site/study-context.ts";
import { url } from "../site/url.ts";

/** Addresses in feeds are whole: a site that does not know its own has none. */
export const getStaticPaths = () => (import.meta.env.SITE ? [{ params: { feed: "feed" } }] : []);

/** The articles, the newest first. */
export const GET: APIRoute = ({ site }) => {
  const addressOf = (path: string): string => new URL(url(path), site).href;
  const { name, title = name, headline, description = headline ?? title } = siteSettings();
  const items = articles().map((study) => {
    const { front } = study.article;
    const authors = front.authors.map((author) => author.name);
    const link = addressOf(articlePath(study)!);
    return {
      title: front.title,
      link,
      description: front.deck,
      authors,
      date: new Date(front.date),
    };
  });
  const feed = {
    title: name,
    description,
    link: addressOf(""),
    self: addressOf("feed.xml"),
    items,
  };
  return new Response(formatFeed(feed));
};
