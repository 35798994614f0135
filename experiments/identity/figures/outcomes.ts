/** The two outcomes: their names, and how marks and words of them look. */
export const outcomes = [
  {
    of: "rInput",
    label: "r identity",
    mark: "var(--identity)",
    colour: "var(--identity-text)",
    symbol: "circle",
    sign: "●",
  },
  {
    of: "rTrain",
    label: "r constant",
    mark: "var(--constant)",
    colour: "var(--constant-text)",
    symbol: "diamond",
    sign: "◆",
  },
] as const;

export type Outcome = (typeof outcomes)[number]["of"];

/** How one outcome looks. */
export const lookOf = (of: Outcome): (typeof outcomes)[number] =>
  outcomes.find((outcome) => outcome.of === of)!;
