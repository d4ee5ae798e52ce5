import { describe, expect, test } from 'vitest';
import { actorForMs, actorStartAt, HOLDING_MS } from '../../actors.ts';
import type { Scenario } from '../../model.ts';
import { mistakesIn, readYaml } from '../../read.fixture.ts';

/** `load.actors`, when there, stands on line 7; `scenarios` on the line after `plan`. */
function yaml(actors: string, scenarios: string): string {
  return `version: 1
name: demo
snapshot: { generator: gen.sql }
load:
  rate: 400/s
  versions: { old: old, new: new }
  ${actors === '' ? '# nobody' : `actors: ${actors}`}
plan:
  - { phase: expand, soak: 1s }
  - { phase: expand, sql: sql/1-expand.sql }
  - { name: broken, phase: expand, soak: 1s }
${scenarios === '' ? '' : `scenarios: ${scenarios}`}
`;
}

async function scenariosIn(actors: string, scenarios: string): Promise<readonly Scenario[]> {
  return (await readYaml(yaml(actors, scenarios))).scenarios;
}

const REPORT = '{ report: { kind: long-reader, table: t, at: expand, for: 20s }, nightly: { kind: dump } }';
const report = { name: 'report', kind: 'long-reader', startAt: 'expand', forMs: 20_000, table: 't' };
const nightly = { name: 'nightly', kind: 'dump' };
const quiet = { name: 'quiet', actors: [] };

describe('scenarios', () => {
  test('are only quiet where nobody else is named', async () => {
    expect(await scenariosIn('', '')).toEqual([quiet]);
  });

  test('are quiet and in company of all where there are actors', async () => {
    expect(await scenariosIn(REPORT, '')).toEqual([quiet, { name: 'company', actors: [report, nightly] }]);
    expect(await scenariosIn('[churn, dump]', '')).toEqual([
      quiet,
      {
        name: 'company',
        actors: [
          { name: 'churn', kind: 'churn' },
          { name: 'dump', kind: 'dump' },
        ],
      },
    ]);
  });

  test('can be listed by the names of actors and by kinds', async () => {
    expect(await scenariosIn(REPORT, '[quiet, report, company, vacuum]')).toEqual([
      quiet,
      { name: 'report', actors: [report] },
      { name: 'company', actors: [report, nightly] },
      { name: 'vacuum', actors: [{ name: 'vacuum', kind: 'vacuum' }] },
    ]);
    expect(await scenariosIn('', '[long-reader]')).toEqual([
      { name: 'long-reader', actors: [{ name: 'long-reader', kind: 'long-reader' }] },
    ]);
  });

  test('can have names of their own', async () => {
    expect(await scenariosIn(REPORT, '{ quiet: [], rush: [nightly, report, churn] }')).toEqual([
      quiet,
      { name: 'rush', actors: [nightly, report, { name: 'churn', kind: 'churn' }] },
    ]);
  });
});

test('every mistake in actors and scenarios is told with its line', async () => {
  const actors = `
    report: { kind: longreader }
    nightly: { kind: dump, table: t, at: expnd, for: 20 }
    quiet: { kind: churn }
    churn: { kind: vacuum }
    unused: { kind: vacuum, since: 3s }
    Bad Name: { kind: churn }
    none: {}`;
  const all = yaml(actors, '[quiet, quiet, raport, report, nightly, churns, churn, none, 3]');
  expect(await mistakesIn(all)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:8 load.actors.report.kind: longreader is not a kind of actor; did you mean long-reader?",
      "r/rehearsal.yaml:9 load.actors.nightly.for: 20 has no unit; write 20s or 20ms",
      "r/rehearsal.yaml:9 load.actors.nightly.table: a dump does not work on one table; leave this key out",
      "r/rehearsal.yaml:9 load.actors.nightly.at: expnd is not the name of a step; did you mean expand?",
      "r/rehearsal.yaml:10 load.actors.quiet: quiet is the name of a scenario",
      "r/rehearsal.yaml:10 load.actors.quiet: no scenario has this actor; add it to scenarios",
      "r/rehearsal.yaml:11 load.actors.churn: churn is a kind of actor, and this one is a vacuum; give it another name",
      "r/rehearsal.yaml:12 load.actors.unused.since: unknown key",
      "r/rehearsal.yaml:12 load.actors.unused: no scenario has this actor; add it to scenarios",
      "r/rehearsal.yaml:13 load.actors.Bad Name: Bad Name is not an actor’s name of small letters, digits and dashes",
      "r/rehearsal.yaml:13 load.actors.Bad Name: no scenario has this actor; add it to scenarios",
      "r/rehearsal.yaml:14 load.actors.none.kind: missing; write long-reader, idle-in-transaction, dump, vacuum, hot-rows, second-migration or churn",
      "r/rehearsal.yaml:19 scenarios[8]: 3 is not the name or kind of an actor, such as long-reader",
      "r/rehearsal.yaml:19 scenarios[1]: quiet is there twice",
      "r/rehearsal.yaml:19 scenarios[2]: raport is no actor of load.actors, and no kind of actor; did you mean report?",
      "r/rehearsal.yaml:19 scenarios[5]: churns is no actor of load.actors, and no kind of actor; did you mean churn?",
    ]
  `);
  expect(await mistakesIn(yaml('[dump, dmp]', '{ quiet: [dump], rush: [dump, dump, sloth], x: y }')))
    .toMatchInlineSnapshot(`
      [
        "r/rehearsal.yaml:7 load.actors[1]: dmp is not a kind of actor; did you mean dump?",
        "r/rehearsal.yaml:12 scenarios.x: y is not a list of actors; write [long-reader], or [] for nobody",
        "r/rehearsal.yaml:12 scenarios.quiet: quiet is nobody but the app; give this scenario another name",
        "r/rehearsal.yaml:12 scenarios.rush[1]: dump is there twice",
        "r/rehearsal.yaml:12 scenarios.rush[2]: sloth is no actor of load.actors, and no kind of actor; write 0, 1, dump, long-reader, idle-in-transaction, vacuum, hot-rows, second-migration or churn",
      ]
    `);
  expect(await mistakesIn(yaml('7', '8'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:7 load.actors: 7 is not a map of actors or a list of kinds; write { month-report: { kind: long-reader } }",
      "r/rehearsal.yaml:12 scenarios: 8 is not a list of scenarios or a map; write [quiet, company]",
    ]
  `);
  expect(await mistakesIn(yaml('[dump, dump]', '[quiet]'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:7 load.actors[1]: dump is there twice",
      "r/rehearsal.yaml:7 load.actors[0]: no scenario has this actor; add it to scenarios",
    ]
  `);
  expect(await mistakesIn(yaml('', '[company]'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:12 scenarios[0]: there are no load.actors to keep company",
    ]
  `);
  expect(await mistakesIn(yaml('', '[]'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:12 scenarios: names no scenario; write [quiet], or leave it out",
    ]
  `);
});

test('whoever keeps a lock comes before the first step that takes one and leaves; the others are there all the time', async () => {
  const { plan } = await readYaml(yaml('', ''));
  const reader = { name: 'a', kind: 'long-reader' } as const;
  expect(actorStartAt(reader, plan)).toBe('expand');
  expect(actorForMs(reader)).toBe(HOLDING_MS);
  const churn = { name: 'b', kind: 'churn' } as const;
  expect(actorStartAt(churn, plan)).toBe('soak');
  expect(actorForMs(churn)).toBeUndefined();
  expect(actorStartAt({ ...reader, startAt: 'broken' }, plan)).toBe('broken');
  expect(actorForMs({ ...churn, forMs: 5 })).toBe(5);
  expect(actorStartAt(reader, plan.slice(0, 1))).toBe('soak');
});
