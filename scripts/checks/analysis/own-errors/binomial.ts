/**
 * Probability of at least `atLeast` hits in `of` trials of probability `p` (0 < p < 1) each, summed from the far end in
 * logarithms: a term too small for a number adds nothing.
 */
export function binomialTail(atLeast: number, of: number, p: number): number {
  let log = of * Math.log(p);
  let sum = 0;
  for (let hits = of; hits >= atLeast; hits--) {
    sum += Math.exp(log);
    log += Math.log(hits / (of - hits + 1)) + Math.log((1 - p) / p);
  }
  return Math.min(1, sum);
}
