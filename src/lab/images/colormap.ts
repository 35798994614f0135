export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Cividis at the entries of 256 where it bends, 0xRRGGBB; linear between them, it stays within 1
 * of 255 of the published map. Source: Nuñez, Anderton, Renslow (2018), as in Matplotlib.
 */
const knots: [entry: number, colour: number][] = [
  [0, 0x00224e],
  [20, 0x003070],
  [23, 0x013271],
  [28, 0x123570],
  [39, 0x263d6e],
  [60, 0x3f4c6c],
  [97, 0x62656f],
  [134, 0x828079],
  [171, 0xa69c74],
  [204, 0xc8b866],
  [229, 0xe4ce53],
  [246, 0xf7de3e],
  [251, 0xfde334],
  [255, 0xfee838],
];

function interpolate(entry: number): Rgb {
  const above = Math.max(
    1,
    knots.findIndex(([at]) => at >= entry),
  );
  const [[low, from], [high, to]] = [knots[above - 1]!, knots[above]!];
  const mix = (shift: number) => {
    const [a, b] = [(from >> shift) & 255, (to >> shift) & 255];
    return Math.round(a + ((b - a) * (entry - low)) / (high - low));
  };
  return [mix(16), mix(8), mix(0)];
}

const table = Array.from({ length: 256 }, (_, entry) => interpolate(entry));

/** 0–255 of a value in [0, 1]; values outside, and NaN, take the nearest end (NaN the lower). */
const level = (value: number): number => (value > 0 ? Math.min(255, Math.round(255 * value)) : 0);

/** Dark blue at 0 to yellow at 1, of even steps in lightness, the same to colour-blind readers. */
export const cividis = (value: number): Rgb => table[level(value)]!;

/** Black at 0 to white at 1. */
export function grey(value: number): Rgb {
  const shade = level(value);
  return [shade, shade, shade];
}

/** Blue at 0, white at ½, vermilion at 1. Source: the two colours of Okabe, Ito (2008). */
export function diverging(value: number): Rgb {
  const end: Rgb = value < 0.5 ? [0, 114, 178] : [213, 94, 0];
  const share = Math.min(1, Math.abs(2 * value - 1)) || 0;
  const mix = (level: number): number => Math.round(255 + (level - 255) * share);
  return [mix(end[0]), mix(end[1]), mix(end[2])];
}
