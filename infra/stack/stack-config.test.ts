import { expect, it } from 'vitest';
import { mistakeLine } from '../../scripts/shared/errors.ts';
import { readStackConfig } from './stack-config.ts';

const TARGETS = ['auto', 'embedded'];

it('needs nothing', () => {
  expect(readStackConfig({}, TARGETS)).toEqual({
    config: { rehearsals: ['rename-column'], target: 'auto' },
    mistakes: [],
  });
});

it('takes one rehearsal or a list', () => {
  const rehearsalsOf = (text: string) => readStackConfig({ rehearsals: text }, TARGETS).config.rehearsals;
  expect(rehearsalsOf('../mine')).toEqual(['../mine']);
  expect(rehearsalsOf('["a", "b"]')).toEqual(['a', 'b']);
});

it('tells every mistake at once', () => {
  const values = { rehearsals: '[1]', target: 'locale', keep: 'long', timeout: '0s', out: '', kep: '30m' };
  const targets = '{"nowhere":{}}';
  expect(readStackConfig({ ...values, targets }, TARGETS).mistakes.map(mistakeLine)).toEqual([
    'stack config kep: unknown key; did you mean keep?',
    'stack config target: there is no target locale; the targets are auto, embedded',
    'stack config out: names no folder',
    'stack config keep: long is not a duration from 1ms to 24d; write 30m or 1h30m',
    'stack config timeout: 0s is not a duration from 1ms to 24d; write 30m or 1h30m',
    expect.stringMatching(/^stack config targets.nowhere: unknown key/),
    'stack config rehearsals: is not a name, a folder or a list of them',
  ]);
  expect(readStackConfig({ rehearsals: '["a", "a"]' }, TARGETS).mistakes.map(mistakeLine)).toEqual([
    'stack config rehearsals: names a twice',
  ]);
});

it('says when the settings of targets are no JSON', () => {
  const { config, mistakes } = readStackConfig({ targets: '{' }, TARGETS);
  expect(mistakes.map(mistakeLine)).toEqual([expect.stringMatching(/^stack config targets: is not JSON: /)]);
  expect(config).toEqual({ rehearsals: ['rename-column'], target: 'auto' });
});

it('takes hosts of one’s own, and tells every mistake in them', () => {
  const told = (ssh: object): string[] =>
    readStackConfig({ targets: JSON.stringify({ ssh }) }, TARGETS).mistakes.map(mistakeLine);
  const host = { address: 'db-1', user: 'deploy' };
  expect(told({ hosts: { primary: host, driver: { ...host, address: 'app-1' } } })).toEqual([]);
  expect(told({ hosts: { primary: { ...host, port: 'x', kye: 'k' }, driver: {} }, folder: 'runs' })).toEqual([
    'stack config targets.ssh.hosts.primary.port: x is not a port from 1 to 65535; write 22',
    'stack config targets.ssh.hosts.primary.kye: unknown key; did you mean key?',
    'stack config targets.ssh.hosts.driver.address: missing; write a name or an address, such as db-test-1.internal',
    expect.stringMatching(/^stack config targets.ssh.folder: runs is not an absolute path/),
  ]);
  expect(told({ hosts: { primary: host, driver: host } })).toEqual([
    'stack config targets.ssh.hosts.driver.address: is the primary as well: they would take each other’s time; name another host',
  ]);
});
