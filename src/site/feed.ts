import { escapeXml } from "./xml.ts";

export interface Feed {
  title: string;
  description: string;
  /** Of the home page and of the feed, whole. */
  link: string;
  self: string;
  items: {
    title: string;
    link: string;
    description: string;
    authors: readonly string[];
    date: Date;
  }[];
}

const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

/** RSS 2.0. Source: rssboard.org/rss-specification; authors by Dublin Core, since RSS wants e-mail addresses. */
export const formatFeed = ({ title, description, link, self, items }: Feed): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">',
    "<channel>",
    element("title", title),
    element("link", link),
    element("description", description),
    element("language", "en"),
    `<atom:link href="${escapeXml(self)}" rel="self" type="application/rss+xml"/>`,
    ...items.flatMap((item) => [
      "<item>",
      element("title", item.title),
      element("link", item.link),
      element("guid", item.link),
      element("pubDate", item.date.toUTCString()),
      ...item.authors.map((author) => element("dc:creator", author)),
      element("description", item.description),
      "</item>",
    ]),
    "</channel>",
    "</rss>\n",
  ].join("\n");
