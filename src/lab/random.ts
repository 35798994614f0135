import { createHash } from "node:crypto";

export interface Random {
  /** Evenly spread over [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number;
}

/** Small fast counting generator of 128 bits. Source: Doty-Humphrey, PractRand (sfc32). */
function sfc32(a: number, b: number, c: number, counter: number): () => number {
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
}

/**
 * The random numbers of one purpose, e.g. `split(seed, "layer-3/kernel")`: the same for the same
 * seed and name, independent of every other name, so that adding a layer leaves the others alone.
 */
export function split(seed: number, name: string): Random {
  const hash = createHash("sha256").update(`${seed}/${name}`).digest();
  const word = (i: number) => hash.readInt32LE(4 * i);
  const next = sfc32(word(0), word(1), word(2), word(3));
  let spare: number | null = null;

  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;

  function normal(): number {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())); // Box–Muller; 1 − u is never 0
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  return { uniform, normal };
}
