const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** e.g. "24 November 2026" */
export const formatDate = (date: Date): string => format.format(date);

/** e.g. "2026-11-24" */
export const isoDate = (date: Date): string => date.toISOString().slice(0, 10);
