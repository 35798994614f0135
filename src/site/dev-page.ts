/** What the loop tells the development server, which passes it on to open pages. */
export type LoopWord =
  | { type: "published" }
  /** A line for pages; empty where there is nothing to say. */
  | { type: "status"; text: string; isMistake: boolean };
