/** Repeatable randomness: the seed is an argument, so that every result can be had again. */

/** A generator of numbers in [0, 1) with 32 bits each: a Weyl sequence through a finalising mixer (Steele et al. 2014). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}
