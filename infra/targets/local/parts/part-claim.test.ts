import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePartClaim, readPartClaim } from './part-claim.ts';

const RUN = 'demo-20261120-020000-a1b2';
const TEXT = `rehearse-claim 1 1000 ${RUN} primary
owner 4711/100/b00t/pid:[1]
expires 1800000000 owned
cgroup 0 /sys/fs/cgroup/rehearse.x
cgroup 12 /sys/fs/cgroup/rehearse.x
netns 34 rehearse.x
owner -/-/b00t/pid:[1]
expires 1800000060 kept
`;

it('the claim on a part says whose it is, with the last word on each', () => {
  expect(parsePartClaim(`${TEXT}netns 3`)).toEqual({
    runId: RUN,
    role: 'primary',
    uid: 1000,
    owner: '-/-/b00t/pid:[1]',
    kept: true,
    expiresAtMs: 1_800_000_060_000,
    things: [
      { kind: 'cgroup', inode: '12', name: '/sys/fs/cgroup/rehearse.x' },
      { kind: 'netns', inode: '34', name: 'rehearse.x' },
    ],
  });
});

it.each([
  ['nothing', ''],
  ['no end of its first line', TEXT.split('\n')[0]!],
  ['no owner', TEXT.replaceAll(/^owner.*$/gm, '')],
  ['no expiry', TEXT.replaceAll(/^expires.*$/gm, '')],
  ['a run id of another form', TEXT.replace(RUN, 'shop')],
  ['a role of another form', TEXT.replace('primary', '../etc')],
  ['another head', TEXT.replace('rehearse-claim 1', 'rehearse-claim 2')],
])('a claim with %s is none', (_, text) => {
  expect(parsePartClaim(text)).toBeUndefined();
});

it.skipIf(process.getuid?.() !== 0)('only a plain file that root alone may write is a claim', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'part-claim-'));
  const path = join(dir, 'claim');
  await writeFile(path, TEXT, { mode: 0o644 });
  expect(await readPartClaim(path)).toMatchObject({ runId: RUN });
  await symlink(path, join(dir, 'soft'));
  expect(await readPartClaim(join(dir, 'soft'))).toBeUndefined();
  expect(await readPartClaim(dir)).toBeUndefined();
  await chmod(path, 0o666);
  expect(await readPartClaim(path)).toBeUndefined();
  await rm(dir, { recursive: true });
});
