import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CloudName } from '../../infra/clouds/cloud.ts';
import { CLOUD_NAMES } from '../../infra/clouds/index.ts';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import { AnsweringMachines } from '../support/clouds/answering-machines.ts';
import { FAKE_ENVIRONMENT, FAKES, MACHINE_PATH } from '../support/clouds/fakes.ts';
import { startFake, type Fault, type FaultKind } from '../support/clouds/fake-server.ts';
import { startProxy } from '../support/hosts/tcp-proxy.ts';
import { quick, reapAll, Renter, ROLES, type Ended } from './clouds/renter.ts';

/** What may happen to any request. */
const ANY: readonly FaultKind[] = [
  'refuse-401',
  'refuse-429',
  'fail-500',
  'lost-500',
  'drop',
  'never',
  'garbled',
  'slow',
  'unknown-fields',
];
/** What may happen to any order: it is not listed for a while, and perhaps its answer is lost besides. */
const OF_ANY_ORDER: readonly FaultKind[] = ['lags', 'drop-lags'];
const LAG_MS = 200;
const OF_ORDERS: readonly FaultKind[] = [
  'unpaid',
  'sold-out',
  'sold-out-there',
  'over-quota',
  'failure',
  'no-ssh',
  'subscription',
];
/** Nobody is told what became of an order, or the cloud only takes its time. */
const SURVIVED: readonly FaultKind[] = [
  ...OF_ANY_ORDER,
  'lost-500',
  'drop',
  'garbled',
  'slow',
  'unknown-fields',
];
/** How else a run ends whose order meets that, the first time. */
const ORDER_ENDS: Readonly<Partial<Record<FaultKind, string>>> = {
  'refuse-401': 'CLOUD_REFUSED',
  'fail-500': 'CLOUD_UNCLEAR',
  never: 'CLOUD_UNCLEAR',
  unpaid: 'CLOUD_REFUSED',
  failure: 'CLOUD_REFUSED',
  'no-ssh': 'CLOUD_UNCLEAR',
  subscription: 'CLOUD_REFUSED',
};
/** How many cells at a time: they mostly wait. */
const SIDE_BY_SIDE = 18;

type Moment = { readonly what: string; readonly nth: number };
type Interruption = 'Ctrl-C' | 'the engine is killed' | 'everything is killed';

interface Cell {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly interrupted?: { readonly by: Interruption; readonly at: Moment };
}

interface Outcome extends Ended {
  readonly hostsMade: number;
  readonly twins: readonly string[];
  /** After the run, and after `reap --execute` of a cloud that is well again. */
  readonly things: readonly string[];
  readonly afterReap: readonly string[];
  readonly violations: readonly string[];
}

async function play(name: CloudName, { faults, interrupted }: Cell, seen?: Moment[]): Promise<Outcome> {
  const wrong = [...faults];
  const stop = new AbortController();
  let cable: Awaited<ReturnType<typeof startProxy>> | undefined;
  const fake = await startFake({
    cloud: name,
    make: FAKES[name],
    machines: new AnsweringMachines(),
    faults: wrong,
    createMs: 60,
    lagMs: LAG_MS,
    onRequest: (what, nth) => {
      seen?.push({ what, nth });
      if (interrupted?.at.what !== what || interrupted.at.nth !== nth) return;
      if (interrupted.by === 'everything is killed') cable?.pullOut();
      stop.abort(new Error(interrupted.by));
    },
  });
  try {
    cable = await startProxy({ host: '127.0.0.1', port: Number(new URL(fake.url).port) });
    const open = quick(name, `http://127.0.0.1:${cable.port}`);
    const runId = newRunId('cloud-faults');
    const renter = new Renter({ name, runId, open, signal: stop.signal });
    const engineLives = () => !stop.signal.aborted || interrupted?.by === 'Ctrl-C';
    const ended = await renter.run(engineLives);
    await settled();
    const things = fake.api.left();
    wrong.length = 0;
    const notReaped = await reapAll({ name, open: quick(name, fake.url) });
    await settled();
    return {
      ...ended,
      things,
      hostsMade: fake.api.hostsMade,
      twins: fake.api.twins(),
      afterReap: [...fake.api.left(), ...notReaped],
      violations: fake.violations,
    };
  } finally {
    await cable?.close();
    await fake.close();
  }
}

/** A fake lists what was removed for a moment, and what was made not yet. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 250));
}

/** What every cell has to keep, whatever it ended with. */
function broken({
  code,
  message,
  locations,
  twins,
  hostsMade,
  afterReap,
  violations,
  left,
  things,
}: Outcome): string[] {
  return [
    ...(twins.length > 0 || hostsMade > ROLES.length * locations
      ? [`${hostsMade} hosts made, twice: ${twins.join()}`]
      : []),
    ...afterReap.map((one) => `left after reap: ${one}`),
    ...violations.map((one) => `against the document: ${one}`),
    ...(code === 'INTERNAL' ? [`a bug: ${message}`] : []),
    ...(code !== 'ok' && code !== 'INTERRUPTED' && message.length < 20 ? [`says nothing: ${message}`] : []),
    ...(left === undefined && things.length > 0 && code !== 'INTERRUPTED'
      ? [`left, and nobody says so: ${things.join(', ')}`]
      : []),
    ...(/raff_[0-9a-f]{8}/.test(message + (left ?? '')) ? ['the token is told'] : []),
  ];
}

async function playAll(name: CloudName, cells: readonly Cell[]): Promise<Map<Cell, Outcome>> {
  const outcomes = new Map<Cell, Outcome>();
  const waiting = [...cells];
  const worker = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) outcomes.set(cell, await play(name, cell));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return outcomes;
}

/** Only Raff has accounts that pay a month up front. A location that is sold out is the same code everywhere: it is tried at one cloud. */
function ordersOf(name: CloudName): FaultKind[] {
  const triedAt: Readonly<Partial<Record<FaultKind, CloudName>>> = {
    subscription: 'raff',
    'sold-out-there': 'hcloud',
  };
  return OF_ORDERS.filter((kind) => (triedAt[kind] ?? name) === name);
}

interface Fails {
  readonly method: string;
  readonly kind: FaultKind;
  readonly nth: number;
  /** Both hosts order the same, and either's order serves both. */
  readonly shared: boolean;
  /** It is asked for by the tear-down alone. */
  readonly late: boolean;
}

/** Undefined where it is up to when the cloud fails for good. */
function endOf({ method, kind, nth, shared, late }: Fails): string | undefined {
  if (['slow', 'unknown-fields'].includes(kind)) return 'ok';
  if (shared && nth === 1) return undefined;
  // Every location is sold out in turn.
  if (kind === 'sold-out-there' && nth === 0) return 'CLOUD_REFUSED';
  if (method === 'POST')
    return ORDER_ENDS[kind] ?? (SURVIVED.includes(kind) || nth === 1 ? 'ok' : 'CLOUD_REFUSED');
  if (method === 'DELETE' || late) return nth === 1 ? 'ok' : undefined;
  return kind === 'refuse-401' ? 'CLOUD_REFUSED' : nth === 1 ? 'ok' : undefined;
}

const table: string[] = [];
function row(cell: string, outcome: Outcome): void {
  const { code, message, hostsMade, things, afterReap, left } = outcome;
  const told = code === 'ok' ? '' : `  ${message.split('\n')[0] ?? ''}`;
  const rest = left === undefined ? '' : `  (tear-down: ${left.split('\n')[0] ?? ''})`;
  table.push(
    `${cell.padEnd(58)} ${code.padEnd(14)} made ${hostsMade}  left ${things.length}, after reap ${afterReap.length}${told}${rest}`,
  );
}

describe.skipIf(!(await AnsweringMachines.canBe())).each(CLOUD_NAMES)('%s', (name) => {
  const calls: Moment[] = [];
  beforeAll(async () => {
    for (const [variable, value] of Object.entries(FAKE_ENVIRONMENT[name]('http://127.0.0.1:1')))
      process.env[variable] = value;
    const well = await play(name, { title: 'nothing', faults: [] }, calls);
    expect(well).toMatchObject({
      code: 'ok',
      hostsMade: ROLES.length,
      things: [],
      twins: [],
      violations: [],
    });
    row(`${name}: nothing`, well);
  });
  afterAll(() => {
    process.stdout.write(`${table.join('\n')}\n`);
    for (const variable of Object.keys(FAKE_ENVIRONMENT[name]('')))
      Reflect.deleteProperty(process.env, variable);
  });

  it('makes no host twice and leaves nothing for longer than until the next reap, whatever goes wrong at whichever call', async () => {
    const kinds = [...new Set(calls.map(({ what }) => what))];
    const firstRemoval = calls.findIndex(({ what }) => what.startsWith('DELETE'));
    const hostLook = `GET ${MACHINE_PATH[name]}/{id}`;
    const lastOfUp = calls.slice(0, firstRemoval).findLastIndex(({ what }) => what === hostLook);
    const cells = kinds.flatMap((what) => {
      const [method = '', path = ''] = what.split(' ');
      const own = what === `POST ${MACHINE_PATH[name]}` ? ordersOf(name) : [];
      const isOrder = method === 'POST' && path !== MACHINE_PATH[name];
      const shared = isOrder && calls.filter((call) => call.what === what).length > 1;
      const late = calls.findIndex((call) => call.what === what) > lastOfUp;
      const more: readonly FaultKind[] =
        method === 'DELETE' ? ['refuse-409'] : method === 'POST' ? OF_ANY_ORDER : [];
      return [...ANY, ...own, ...more].flatMap((kind) =>
        [1, 0].map((nth) => ({
          title: `${name}: ${what} ${kind} ${nth === 0 ? 'each time' : 'once'}`,
          faults: [{ method, path, nth, kind }],
          method,
          kind,
          nth,
          shared,
          late,
        })),
      );
    });
    const outcomes = await playAll(name, cells);
    const wrong: string[] = [];
    for (const cell of cells) {
      const outcome = outcomes.get(cell)!;
      row(cell.title, outcome);
      wrong.push(...broken(outcome).map((what) => `${cell.title}: ${what}`));
      const expected = endOf(cell);
      if (expected !== undefined && outcome.code !== expected)
        wrong.push(`${cell.title}: ends with ${outcome.code} ${outcome.message}, not ${expected}`);
      if (expected === 'ok' && outcome.left !== undefined) wrong.push(`${cell.title}: ${outcome.left}`);
    }
    expect(wrong).toEqual([]);
  });

  it('leaves nothing behind, whenever it is interrupted or killed', async () => {
    const by: Interruption[] = ['Ctrl-C', 'the engine is killed', 'everything is killed'];
    // Many looks are the same look.
    const moments = calls.filter(({ what, nth }) => !what.includes('{id}') || nth <= 4);
    const cells = moments.flatMap((at) =>
      by.map((how) => ({
        title: `${name}: ${how} at ${at.what}#${at.nth}`,
        faults: [] as Fault[],
        interrupted: { by: how, at },
      })),
    );
    const lost: FaultKind[] = ['drop', 'lost-500', 'garbled', 'slow'];
    // A look or a removal may be asked for again: the first of each kind stands for the others.
    const asked: FaultKind[] = ['drop', 'fail-500', 'refuse-429', 'slow'];
    const faultsAt = ({ what, nth }: Moment): FaultKind[] => {
      if (!what.startsWith('POST')) return nth === 1 ? asked : [];
      // A key costs nothing, and nobody waits for it to be listed.
      return [...lost, ...(what.includes('keys') ? [] : OF_ANY_ORDER)];
    };
    const both = cells.flatMap((cell) =>
      faultsAt(cell.interrupted.at).map((kind) => {
        const { what, nth } = cell.interrupted.at;
        const [method = '', path = ''] = what.split(' ');
        return { ...cell, title: `${cell.title}, ${kind}`, faults: [{ method, path, nth, kind }] };
      }),
    );
    cells.push(...both);
    const outcomes = await playAll(name, cells);
    const wrong: string[] = [];
    for (const cell of cells) {
      const outcome = outcomes.get(cell)!;
      row(cell.title, outcome);
      wrong.push(...broken(outcome).map((what) => `${cell.title}: ${what}`));
      if (cell.interrupted.by !== 'everything is killed' && outcome.things.length > 0)
        wrong.push(`${cell.title}: left ${outcome.things.join(', ')}`);
    }
    expect(wrong).toEqual([]);
  });
});
