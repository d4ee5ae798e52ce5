import { expect, it } from 'vitest';
import { parseMetaCommand } from './meta-command.ts';

it.each([
  ['restrict 8f3', { type: 'ignore' }],
  ['unrestrict 8f3', { type: 'ignore' }],
  ['set ON_ERROR_STOP on', { type: 'ignore' }],
  ['connect shop', { type: 'connect', database: 'shop' }],
  ['c "my ""shop"""', { type: 'connect', database: 'my "shop"' }],
  [`connect -reuse-previous=on "dbname='a\\'b c'"`, { type: 'connect', database: "a'b c" }],
  ["encoding 'LATIN1'", { type: 'encoding', encoding: 'LATIN1' }],
  ['i other.sql', { type: 'unsupported', name: 'i' }],
  ['set customer 5', { type: 'unsupported', name: 'set' }],
  ['gexec', { type: 'unsupported', name: 'gexec' }],
  ['q', { type: 'unsupported', name: 'q' }],
])('reads \\%s', (text, command) => {
  expect(parseMetaCommand(text)).toEqual(command);
});
