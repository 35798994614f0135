export interface Heading {
  depth: number;
  slug: string;
  text: string;
}

export interface Section extends Heading {
  children: Heading[];
}

/** Second-level headings with the third-level ones under them; deeper ones are left out. */
export function nestHeadings(headings: readonly Heading[]): Section[] {
  const sections: Section[] = [];
  for (const heading of headings) {
    if (heading.depth === 2) sections.push({ ...heading, children: [] });
    else if (heading.depth === 3) sections.at(-1)?.children.push(heading);
  }
  return sections;
}
