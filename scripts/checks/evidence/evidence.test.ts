import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunFolder } from '../../artifacts/run-folder.ts';
import { runRecord, statementRecord } from './evidence-fixture.ts';
import { readEvidence } from './evidence.ts';

const HEADER =
  '{"type":"header","columns":[],"versions":["old"],"scripts":[["read"]]}\n[20,20,20,21,0,0,0]\n[10,11,12,40,0,0,"42703"]\n';
let folder: RunFolder;

beforeEach(async () => {
  folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'rehearse-evidence-')));
  await folder.writeDocument('run', runRecord());
});
afterEach(() => rm(folder.path, { recursive: true }));

test('what was never written is undefined, and what is empty is empty', async () => {
  await writeFile(folder.streamPath('waits'), '');
  const read = await readEvidence(folder);
  const names = Object.entries(read).map(([name, value]) => [name, value === undefined]);
  expect(Object.fromEntries(names)).toEqual({
    run: false,
    environment: true,
    snapshot: true,
    steps: true,
    waits: false,
    locks: true,
    requests: true,
    load: true,
    batches: true,
    compatibility: true,
    server: true,
    probes: true,
    actors: true,
    playing: true,
    exactWaits: true,
    presence: true,
    noise: true,
    schema: true,
    rollback: true,
    writtenPlan: false,
  });
  expect(read.waits).toEqual([]);
});

test('requests come as columns in the order of their intended time, without a line that a crash cut short', async () => {
  await writeFile(folder.streamPath('requests'), `${HEADER}[30,30,30,3`);
  const { requests } = await readEvidence(folder);
  expect(requests).toEqual({
    count: 2,
    intendedMs: Float64Array.of(10, 20),
    readyMs: Float64Array.of(11, 20),
    sentMs: Float64Array.of(12, 20),
    endMs: Float64Array.of(40, 21),
    version: Uint16Array.of(0, 0),
    script: Uint16Array.of(0, 0),
    outcome: Uint16Array.of(1, 0),
    pid: Int32Array.of(0, 0),
    outcomes: ['ok', '42703'],
    versions: ['old'],
    scripts: [['read']],
  });
});

test('two hundred thousand requests are read across chunks without losing one', async () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => `[${row},${row},${row},${row + 1.5},0,0,0]`);
  await writeFile(folder.streamPath('requests'), HEADER);
  await appendFile(folder.streamPath('requests'), `${rows.join('\n')}\n`);
  expect((await readEvidence(folder)).requests?.count).toBe(200_002);
});

test.each([
  ['run.json', '{"schemaVersion": 1, ', 'run.json is damaged: it is not JSON'],
  ['run.json', '{"schemaVersion": 2}', 'run.json is damaged: schemaVersion: Invalid input: expected 1'],
  ['waits.ndjson', '{"tMs":1\n{"tMs":2}\n', 'waits.ndjson is damaged: it is not JSON'],
  [
    'waits.ndjson',
    '{"tMs":1}\n',
    'waits.ndjson is damaged: line 1, pid: Invalid input: expected number, received undefined',
  ],
  [
    'requests.ndjson',
    '[1,2,3,4,0,0,0]\n',
    'requests.ndjson is damaged: the first line is not the header of the requests',
  ],
  ['requests.ndjson', `${HEADER}[1,2,3,4,0,7,0]\n`, 'requests.ndjson is damaged: a line is not a request'],
  [
    'requests.ndjson',
    `${HEADER}[1,2,\n[1,1,1,1,0,0,0]\n`,
    'requests.ndjson is damaged: it is not JSON line by line',
  ],
])('a damaged %s is named', async (file, text, message) => {
  await writeFile(folder.file('artifacts', file), text);
  await expect(readEvidence(folder)).rejects.toMatchObject({ code: 'RUN_INVALID', message });
});

test('records of a real writer are read back as they were', async () => {
  const writer = folder.writer('steps');
  writer.write(statementRecord());
  await writer.close();
  expect((await readEvidence(folder)).steps).toEqual([statementRecord()]);
  expect(await readFile(folder.streamPath('steps'), 'utf8')).toContain('\n');
});
