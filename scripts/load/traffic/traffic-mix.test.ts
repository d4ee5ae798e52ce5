import { describe, expect, it } from 'vitest';
import type { ParsedScript, Version } from '../scripts/script.ts';
import { TrafficMix } from './traffic-mix.ts';

function version(name: string, ...weights: number[]): Version {
  const scripts = weights.map((weight, index): ParsedScript => {
    return { name: `s${index}`, weight, file: `${name}/s${index}.sql`, samples: [], commands: [] };
  });
  return { name, scripts };
}

const VERSIONS = [version('old', 1, 3), version('new', 2, 1, 1)];
const DRAWS = 20_000;

function count(mix: TrafficMix): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < DRAWS; draw++) {
    const { version: index, script } = mix.next();
    const key = `${VERSIONS[index]?.name ?? '?'}/${script}`;
    counts[key] = (counts[key] ?? 0) + 1 / DRAWS;
  }
  return counts;
}

describe('TrafficMix', () => {
  it('begins with the first version alone and chooses scripts by weight', () => {
    const counts = count(new TrafficMix(VERSIONS, 1));
    expect(Object.keys(counts).sort()).toEqual(['old/0', 'old/1']);
    expect(counts['old/1']).toBeCloseTo(0.75, 1);
  });

  it('divides the traffic by the shares', () => {
    const mix = new TrafficMix(VERSIONS, 1);
    mix.setShares({ old: 0.2, new: 0.8 });
    const counts = count(mix);
    expect(counts['old/0']).toBeCloseTo(0.05, 1);
    expect(counts['new/0']).toBeCloseTo(0.4, 1);
    expect(counts['new/2']).toBeCloseTo(0.2, 1);
  });

  it('numbers the requests and repeats itself for the same seed', () => {
    const [first, second] = [new TrafficMix(VERSIONS, 9), new TrafficMix(VERSIONS, 9)];
    const choices = Array.from({ length: 100 }, () => first.next());
    expect(Array.from({ length: 100 }, () => second.next())).toEqual(choices);
    expect(choices.map(({ number }) => number)).toEqual(choices.map((_, index) => index));
    expect(Array.from({ length: 100 }, () => new TrafficMix(VERSIONS, 10).next())).not.toEqual(choices);
  });

  it('gives the same luck to later requests, whenever the traffic moved', () => {
    const early = new TrafficMix(VERSIONS, 9);
    const late = new TrafficMix(VERSIONS, 9);
    early.setShares({ new: 1 });
    for (let request = 0; request < 50; request++) {
      early.next();
      late.next();
    }
    late.setShares({ new: 1 });
    for (let request = 0; request < 50; request++) expect(late.next()).toEqual(early.next());
  });

  it('gives each request the same number and script, whoever has a share of them', () => {
    const whole = new TrafficMix(VERSIONS, 9);
    const shares = [0, 1, 2].map((index) => new TrafficMix(VERSIONS, 9, { index, of: 3 }));
    for (const mix of [whole, ...shares]) mix.setShares({ old: 0.4, new: 0.6 });
    const turns = Array.from({ length: 100 }, () => shares.map((share) => share.next()));
    expect(turns.flat()).toEqual(Array.from({ length: 300 }, () => whole.next()));
  });

  it.each([{ other: 1 }, { old: 0.5 }, { old: 1.5, new: -0.5 }, { old: NaN, new: 1 }])(
    'refuses %j',
    (shares) => {
      expect(() => {
        new TrafficMix(VERSIONS, 1).setShares(shares);
      }).toThrow('not shares of old, new');
    },
  );
});
