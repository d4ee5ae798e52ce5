import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Cloud, CloudName, HostOrder, Marker, NetworkOrder } from '../../../infra/clouds/cloud.ts';
import { CLOUD_NAMES, cloudOf } from '../../../infra/clouds/index.ts';
import { nameOf } from '../../../infra/clouds/names.ts';
import { removeByName, removeOfRun } from '../../../infra/clouds/removal.ts';
import type { CloudRefused } from '../../../infra/clouds/api.ts';
import { rent } from '../../../infra/clouds/rent.ts';
import { madeOrRemoved } from '../../../infra/provider/half-made-rental.ts';
import { FakeDigitalOcean } from '../../support/clouds/fake-digitalocean.ts';
import { FAKE_ENVIRONMENT, FAKES, MACHINE_PATH, NETWORK_PATH } from '../../support/clouds/fakes.ts';
import { parseFaults, startFake, type FakeCloud, type MakeFake } from '../../support/clouds/fake-server.ts';
import { paperMachines, type FakeHostOrder } from '../../support/clouds/machines.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJu8vJH7E5v3J0OQb0o1w1mJmH1yq0m8r2uQd1YkS0bN run';
const MARKER: Marker = {
  runId: 'demo-20261127-120000-0a1b',
  owner: 'abcdef012345',
  expiresAt: '2026-11-27T14:00:00.000Z',
};
const WAIT = { timeout: 30_000, interval: 20 };
const never = AbortSignal.timeout(60_000);
let fake: FakeCloud | undefined;
let booted: FakeHostOrder[] = [];

afterEach(async () => {
  await fake?.close();
  fake = undefined;
  booted = [];
});

async function start(
  name: CloudName,
  faults = '',
  onRequest: (what: string) => void = () => undefined,
): Promise<{ cloud: Cloud; fake: FakeCloud }> {
  const make = FAKES[name];
  const paper = paperMachines();
  const host = (order: FakeHostOrder) => {
    booted.push(order);
    return paper.host(order);
  };
  const machines = { ...paper, host };
  fake = await startFake({ cloud: name, make, machines, faults: parseFaults(faults), onRequest });
  return { cloud: cloudOf(name, FAKE_ENVIRONMENT[name](fake.url), 20), fake };
}

async function networkOrder(cloud: Cloud): Promise<NetworkOrder> {
  const { plans } = await cloud.catalog(never);
  return { marker: MARKER, location: plans.find(({ available }) => available)!.location };
}

async function orderOn(cloud: Cloud, role = 'primary'): Promise<HostOrder> {
  const { plans, image } = await cloud.catalog(never);
  const plan = plans.find(({ available }) => available)!;
  const network = await cloud.makeNetwork(await networkOrder(cloud), never);
  const common = { marker: MARKER, role, location: plan.location, image, authorizedKey: KEY };
  return { ...common, networkId: network.id, planId: plan.id };
}

describe.each(CLOUD_NAMES)('%s', (name) => {
  const machine = `POST ${MACHINE_PATH[name]}`;

  it('has prices, makes a network and a host as documented, finds them by name and tag, and removes them', async () => {
    const { cloud, fake } = await start(name);
    const { plans, currency } = await cloud.catalog(never);
    expect(currency).toMatch(/^(USD|EUR)$/);
    expect(new Set(plans.map((plan) => plan.class))).toEqual(new Set(['shared', 'dedicated']));
    for (const plan of plans) expect(plan.pricePerHour, plan.id).toBeGreaterThan(0);
    const order = await orderOn(cloud);
    const vm = await cloud.makeHost(order, never);
    expect(vm).toMatchObject({ name: nameOf(MARKER, 'primary'), adopted: false, paidUpFront: false });
    const found = await cloud.find(never);
    expect(found.filter(({ kind }) => kind !== 'key').map(({ kind, hash }) => [kind, hash])).toEqual([
      ['host', found[0]!.hash],
      ['network', found[0]!.hash],
    ]);
    expect(found[0]).toMatchObject({
      id: vm.id,
      runId: MARKER.runId,
      owner: MARKER.owner,
      expiresAt: MARKER.expiresAt,
    });
    await removeOfRun(cloud, MARKER.runId);
    expect(fake.api.left()).toEqual([]);
    expect(fake.violations).toEqual([]);
  });

  it('lists hosts beyond the first page, and leaves others’ alone', async () => {
    const { cloud, fake } = await start(name);
    const order = await orderOn(cloud);
    for (let other = 0; other < 55; other++)
      await cloud.makeHost({ ...order, marker: { ...MARKER, runId: `other-${other}` } }, never);
    await cloud.makeHost(order, never);
    expect((await cloud.find(never)).filter(({ kind }) => kind === 'host')).toHaveLength(56);
    const others = fake.api.left().length;
    const [mine] = (await cloud.find(never)).filter(({ runId }) => runId === MARKER.runId);
    await cloud.remove(mine!, never);
    expect(fake.api.left()).toHaveLength(others - 1);
  });

  it('refuses to remove what has no name of a run', async () => {
    const { cloud } = await start(name);
    await expect(removeOfRun(cloud, '')).rejects.toThrow('everything would be removed');
  });

  it.each(['drop', 'drop-lags', 'lost-500', 'refuse-429', 'slow', 'unknown-fields'])(
    'has one host, whatever becomes of the answer to the order: %s',
    async (fault) => {
      const { cloud, fake } = await start(name, `${machine}#1:${fault}`);
      const vm = await cloud.makeHost(await orderOn(cloud), never);
      expect(vm.name).toBe(nameOf(MARKER, 'primary'));
      expect(fake.api.hostsMade).toBe(1);
    },
  );

  it('has one network where the answer to its order is lost and no list shows it yet', async () => {
    const { cloud, fake } = await start(name, `POST ${NETWORK_PATH[name]}#1:drop-lags`);
    const { id } = await cloud.makeNetwork(await networkOrder(cloud), never);
    expect((await cloud.find(never)).map((thing) => [thing.kind, thing.id])).toEqual([['network', id]]);
    expect(fake.requests.filter((one) => one.startsWith(`POST ${NETWORK_PATH[name]} `))).toHaveLength(1);
  });

  it('removes a host that no list shows yet, by what the answer to its order said', async () => {
    const { cloud, fake } = await start(name, `${machine}#1:lags`);
    const { id } = await cloud.makeHost(await orderOn(cloud), never);
    const hostName = nameOf(MARKER, 'primary');
    expect((await cloud.find(never)).filter(({ kind }) => kind === 'host')).toEqual([]);
    await removeByName(cloud, hostName, { made: { kind: 'host', id } });
    expect(fake.api.left().filter((one) => one.includes(hostName))).toEqual([]);
  });

  it.each(['lags', 'drop-lags'])(
    'removes what was ordered before an interruption, though no list shows it yet: %s',
    async (fault) => {
      const stop = new AbortController();
      const { cloud, fake } = await start(name, `${machine}#1:${fault}`, (what) => {
        if (what === machine) stop.abort(new Error('interrupted'));
      });
      const order = await orderOn(cloud);
      const hostName = nameOf(MARKER, order.role);
      const make = (onOrder: () => void) => cloud.makeHost({ ...order, onOrder }, stop.signal);
      await expect(madeOrRemoved(cloud, hostName, make, stop.signal)).rejects.toThrow('interrupted');
      expect(fake.api.hostsMade).toBe(1);
      expect(fake.api.left().filter((one) => one.includes(hostName))).toEqual([]);
    },
  );

  it.each(['fail-500', 'never'])('orders no second time after an unclear answer: %s', async (fault) => {
    const { cloud, fake } = await start(name, `${machine}#1:${fault}`);
    const order = await orderOn(cloud);
    await expect(cloud.makeHost(order, never)).rejects.toMatchObject({ code: 'CLOUD_UNCLEAR' });
    expect(fake.api.hostsMade).toBe(0);
  });

  it.each([
    ['unpaid', 'billing'],
    ['over-quota', 'quota'],
    ['sold-out', 'soldOut'],
  ])('tells what a refusal is about: %s', async (fault, about) => {
    const { cloud } = await start(name, `${machine}#1:${fault}`);
    await expect(cloud.makeHost(await orderOn(cloud), never)).rejects.toMatchObject({
      code: 'CLOUD_REFUSED',
      about,
    });
  });

  it('looks again where a look failed', async () => {
    const { cloud } = await start(
      name,
      `GET ${MACHINE_PATH[name]}#1:fail-500,GET ${MACHINE_PATH[name]}#2:drop`,
    );
    expect(await cloud.find(never)).toEqual([]);
  });

  it('adopts the host of an earlier order of the same name', async () => {
    const { cloud, fake } = await start(name);
    const order = await orderOn(cloud);
    const first = await cloud.makeHost(order, never);
    expect(await cloud.makeHost(order, never)).toMatchObject({ id: first.id, adopted: true });
    expect(fake.api.hostsMade).toBe(1);
  });

  it.each(['sold-out', 'over-quota'])('takes the next plan after a refusal: %s', async (fault) => {
    const { cloud, fake } = await start(name, `${machine}#1:${fault}`);
    const order = await orderOn(cloud);
    const { plans } = await cloud.catalog(never);
    const here = plans.filter(({ location }) => location === order.location).slice(0, 2);
    const stop = AbortSignal.timeout(1_500);
    const rental = { ...order, plans: here.map(({ id }) => id), allowUpFront: false };
    await expect(rent(cloud, rental, stop)).rejects.toThrow();
    expect(fake.requests.filter((one) => one.startsWith(machine))).toHaveLength(2);
    expect(fake.api.hostsMade).toBe(1);
  });

  it('names what other runs of ours hold where all plans are over the quota', async () => {
    const { cloud } = await start(name, `${machine}#2:over-quota,${machine}#3:over-quota`);
    const { planId, ...order } = await orderOn(cloud);
    await cloud.makeHost({ ...order, planId }, never);
    const marker = { ...MARKER, runId: 'another-20261127-100000-0000' };
    const rental = { ...order, marker, plans: [planId, planId], allowUpFront: false };
    const told = (await rent(cloud, rental, never).catch((error: unknown) => error)) as CloudRefused;
    expect(told.about).toBe('quota');
    expect(told.hint).toContain(`1 host there is of other rehearsals (${nameOf(MARKER, 'primary')} until`);
  });

  it('says that a host could not be made where its making fails', async () => {
    const { cloud } = await start(name, `${machine}#1:failure`);
    await expect(cloud.makeHost(await orderOn(cloud), never)).rejects.toMatchObject({
      code: 'CLOUD_REFUSED',
    });
  });

  it('gives a host its key at the first boot where the cloud can', async () => {
    const { cloud } = await start(name);
    const { planId, ...order } = await orderOn(cloud);
    const rental = { ...order, plans: [planId], allowUpFront: false };
    const stop = new AbortController();
    const renting = rent(cloud, rental, stop.signal).catch(() => undefined);
    await vi.waitFor(() => {
      expect(booted).toHaveLength(1);
    }, WAIT);
    stop.abort();
    await renting;
    const [{ authorizedKey, hostKey } = {}] = booted;
    expect(authorizedKey).toBe(KEY);
    expect(hostKey?.public.split(' ')[0]).toBe(cloud.userData ? 'ssh-ed25519' : undefined);
    expect(hostKey?.private.includes('OPENSSH PRIVATE KEY')).toBe(cloud.userData ? true : undefined);
  });

  it('says which variable has no token, and sends one to no unknown place', () => {
    expect(() => cloudOf(name, { ...FAKE_ENVIRONMENT[name]('http://203.0.113.9') })).toThrow(
      'is not an https:// address',
    );
  });
});

it('makes no network at DigitalOcean that could never be removed: the first of a region', async () => {
  const make = (...[machines, createMs]: Parameters<MakeFake>) =>
    new FakeDigitalOcean(machines, createMs, false);
  fake = await startFake({ cloud: 'digitalocean', make, machines: paperMachines() });
  const cloud = cloudOf('digitalocean', FAKE_ENVIRONMENT.digitalocean(fake.url), 20);
  await expect(orderOn(cloud)).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    hint: expect.stringContaining('doctl vpcs create') as string,
  });
  expect(fake.api.left()).toEqual([]);
});
