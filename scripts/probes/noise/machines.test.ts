import { expect, test } from 'vitest';
import { machinesOf } from './machines.ts';
import { readingOf, type ProcTexts, type Reading } from './reading.ts';

const PRESSURE = (us: number): string =>
  `some avg10=94.55 avg60=96.83 avg300=97.68 total=${us}\nfull avg10=0.00 total=7\n`;
/** As /proc/<pid>/stat: a name may hold anything. */
const process = (ticks: number): string =>
  `42 (a) b) R 1 1 1 0 -1 4194304 9 9 0 0 ${ticks} 1 2 3 20 0 1 0 9 9 9`;

function texts({ user = 0, steal = 0, own = 0, pressure = 0 } = {}): ProcTexts {
  return {
    bootId: 'boot-a\n',
    stat: `cpu  ${user} 0 10 ${1000 - user - steal} 20 0 5 ${steal} 0 0\ncpu0 1 2 3\n`,
    cpuPressure: PRESSURE(pressure),
    ioPressure: null,
    own: `${process(own)}\n`,
  };
}

const reading = (given: Parameters<typeof texts>[0], atMs: number): Reading => readingOf(texts(given), atMs);

/** So many ticks of 1000 went by, in a second. */
function span(host: string, user: number, own: number, steal = 0): Parameters<typeof machinesOf>[0][number] {
  const from = { ...reading({}, 0), totalTicks: 0, idleTicks: 0 };
  const to = { ...reading({ own, pressure: 500_000 }, 1000), totalTicks: 1000, stealTicks: steal };
  return { host, from, to: { ...to, idleTicks: 1000 - user - steal } };
}

test('a process counts with its children that have ended, whatever its name holds', () => {
  expect(reading({ own: 30 }, 5)).toEqual({
    bootId: 'boot-a',
    atMs: 5,
    totalTicks: 1035,
    idleTicks: 1020,
    stealTicks: 0,
    ownTicks: 36,
    cpuPressureUs: 0,
    ioPressureUs: null,
    disk: null,
    ownIoBytes: null,
  });
});

test('what the hosts of one machine use themselves is not foreign on it', () => {
  const machine = { forMs: 1000, stealShare: 0, cpuPressureShare: 0.5, ioPressureShare: null, disk: null };
  expect(machinesOf([span('driver', 800, 100), span('primary', 800, 300)])).toEqual([
    { ...machine, hosts: ['driver', 'primary'], busyShare: 0.8, foreignShare: 0.4 },
  ]);
});

test('a guest whose machine is given to others has steal, and nothing foreign', () => {
  expect(machinesOf([span('primary', 200, 200, 600)])).toMatchObject([
    { busyShare: 0.2, stealShare: 0.6, foreignShare: 0 },
  ]);
});

test('the disk of a machine is its server’s, and what all hosts of it asked for is its own', () => {
  const disk = { device: '8:0', operations: 10, movedBytes: 100, discardedBytes: 0, busyMs: 0, queuedMs: 0 };
  const later = {
    device: '8:0',
    operations: 30,
    movedBytes: 600,
    discardedBytes: 7,
    busyMs: 400,
    queuedMs: 900,
  };
  const [driver, primary] = [span('driver', 800, 100), span('primary', 800, 300)];
  const hosts = [
    { ...driver, from: { ...driver.from, ownIoBytes: 5 }, to: { ...driver.to, ownIoBytes: 25 } },
    {
      ...primary,
      from: { ...primary.from, disk, ownIoBytes: 100 },
      to: { ...primary.to, disk: later, ownIoBytes: 400 },
    },
  ];
  const told = { operations: 20, movedBytes: 500, discardedBytes: 7, queuedMs: 900, busyShare: 0.4 };
  expect(machinesOf(hosts)).toMatchObject([{ disk: { ...told, ownBytes: 320 } }]);
  expect(machinesOf([driver, ...hosts.slice(1)])).toMatchObject([{ disk: { ...told, ownBytes: null } }]);
});

test('nothing is told across a reboot, or of no time', () => {
  const { host, from, to } = span('primary', 1, 1);
  expect(machinesOf([{ host, from, to: { ...to, bootId: 'boot-b' } }])).toEqual([]);
  expect(machinesOf([{ host, from, to: from }])).toEqual([]);
});
