import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reap } from '../reap.ts';
import { findNotOurs, findRunFolders } from '../targets/embedded/leftovers.ts';
import { RUN_DIR_CLAIM, type Owner } from '../targets/embedded/owner-file.ts';
import { ownClaim } from './claim.ts';
import { makeClaimedFolder } from './claimed-folder.ts';

/** More on request: REHEARSE_TREES=1000. */
const TREES = Number(process.env['REHEARSE_TREES'] ?? 40);
/** As large as the kernel allows, and in no use. */
const DEAD = { pid: 4_194_303, startTime: '1' };
const EXPIRES = '2999-01-01T00:00:00.000Z';
const living = await ownClaim({ runId: 'demo-20261120-020000-a1b2', expiresAt: EXPIRES });
const claimed = { ...living, controller: DEAD };
const isRoot = process.getuid?.() === 0;

/** What may be wrong with a folder or its claim; each makes it somebody else's, or leaves it in use. */
const FLAWS: Record<string, (path: string, claim: Owner) => void> = {
  'no claim': (path) => {
    rmSync(claimFile(path));
  },
  garbage: (path) => {
    writeFileSync(claimFile(path), 'mine!\0{');
  },
  empty: (path) => {
    writeFileSync(claimFile(path), '');
  },
  cut: (path) => {
    writeFileSync(claimFile(path), readFileSync(claimFile(path), 'utf8').slice(0, -20));
  },
  huge: (path) => {
    writeFileSync(claimFile(path), readFileSync(claimFile(path), 'utf8') + ' '.repeat(1 << 17));
  },
  list: (path) => {
    writeFileSync(claimFile(path), '[]');
  },
  'another inode': rewritten({ inode: '1' }),
  'another user': rewritten({ uid: 12345 }),
  'a run id of no form': rewritten({ runId: 'main' }),
  'a path for a run id': rewritten({ runId: '../x-20261120-020000-a1b2' }),
  'the id of another run': rewritten({ runId: 'other-20261120-020000-a1b2' }),
  'no pid': rewritten({ controller: { pid: 0, startTime: '1' } }),
  'a living owner': rewritten({ controller: living.controller }),
  'another container': rewritten({ pidSpace: { ...claimed.pidSpace, namespace: 'pid:[1]' } }),
  kept: rewritten({ keptUntil: EXPIRES }),
  'a claim that others may write': (path) => {
    chmodSync(claimFile(path), 0o666);
  },
  'a link for a claim': (path) => {
    renameSync(claimFile(path), `${path}-moved`);
    symlinkSync(`${path}-moved`, claimFile(path));
  },
  'a folder for a claim': (path) => {
    rmSync(claimFile(path));
    mkdirSync(claimFile(path));
  },
  'a pipe for a claim': (path) => {
    rmSync(claimFile(path));
    execFileSync('mkfifo', [claimFile(path)]);
  },
  'a copy': (path) => {
    renameSync(path, `${path}-original`);
    execFileSync('cp', ['-a', `${path}-original`, path]);
  },
  'another name': (path) => {
    renameSync(path, path.replace(/-\d{8}-\d{6}-/, '-main-'));
  },
  'a link to it': (path) => {
    renameSync(path, path.replace('dress-rehearsal-', 'moved-'));
    symlinkSync(path.replace('dress-rehearsal-', 'moved-'), path);
  },
};

function claimFile(path: string): string {
  return join(path, RUN_DIR_CLAIM.file);
}

function rewritten(change: Partial<Owner>): (path: string, claim: Owner) => void {
  return (path, claim) => {
    writeFileSync(claimFile(path), JSON.stringify({ ...claim, ...change }), { mode: 0o600 });
  };
}

/** What lies in a folder: files, folders, and links to what must stay. */
type Content = readonly ('file' | 'deep' | 'link' | 'linked folder' | 'pipe' | 'odd name')[];
const content: fc.Arbitrary<Content> = fc.array(
  fc.constantFrom('file', 'deep', 'link', 'linked folder', 'pipe', 'odd name'),
  { maxLength: 4 },
);
const entry = fc.record({ content, flaw: fc.option(fc.constantFrom(...Object.keys(FLAWS)), { freq: 3 }) });
const tree = fc.record({ entries: fc.array(entry, { maxLength: 5 }), bystanders: content });

let root: string;
let temporary: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reaper-trees-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

function fill(folder: string, things: Content, precious: string): void {
  things.forEach((thing, index) => {
    const path = join(folder, `${thing}-${index}`);
    if (thing === 'file') writeFileSync(path, 'mine');
    else if (thing === 'deep')
      mkdirSync(join(path, ...Array.from({ length: 30 }, () => 'deeper')), { recursive: true });
    else if (thing === 'link') symlinkSync(join(precious, 'letters'), path);
    else if (thing === 'linked folder') symlinkSync(precious, path);
    else if (thing === 'pipe') execFileSync('mkfifo', [path]);
    else
      writeFileSync(
        Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x30 + index])]),
        'mine',
      );
  });
}

/** Every path with what it is and holds, links as links. */
function listing(folder: string): string[] {
  return readdirSync(folder, { encoding: 'latin1' })
    .sort()
    .flatMap((name) => {
      const path = Buffer.from(`${folder}/${name}`, 'latin1');
      const stats = lstatSync(path);
      const at = path.toString('latin1');
      if (stats.isSymbolicLink()) return [`${at} -> ${readlinkSync(path)}`];
      if (stats.isDirectory()) return [`${at}/`, ...listing(at)];
      return [`${at} ${stats.isFile() ? readFileSync(path, 'latin1') : 'special'} ${stats.mode}`];
    });
}

it.skipIf(process.platform !== 'linux')(
  'the reaper removes exactly what is claimed of trees of look-alikes',
  async () => {
    let trees = 0;
    await fc.assert(
      fc.asyncProperty(tree, async ({ entries, bystanders }) => {
        trees++;
        temporary = join(root, `tree-${trees}`);
        const precious = join(root, `precious-${trees}`);
        for (const path of [temporary, precious]) mkdirSync(path);
        fill(precious, ['file', 'deep'], precious);
        mkdirSync(join(temporary, 'dress-rehearsal-main'));
        fill(join(temporary, 'dress-rehearsal-main'), bystanders, precious);
        vi.stubEnv('TMPDIR', temporary);
        const ours: string[] = [];
        entries.forEach(({ content: things, flaw }, index) => {
          const runId = `demo-20261120-020000-000${index}`;
          const path = join(temporary, `dress-rehearsal-${runId}`);
          const claim = { ...claimed, runId, servers: [], sharedMemory: { segments: [], files: [] } };
          makeClaimedFolder(path, RUN_DIR_CLAIM, claim);
          fill(path, things, precious);
          if (flaw === null) ours.push(path);
          else FLAWS[flaw]?.(path, { ...claim, inode: String(lstatSync(path, { bigint: true }).ino) });
        });
        const isOurs = (line: string): boolean => ours.some((path) => line.startsWith(`${path}/`));
        const before = [...listing(temporary), ...listing(precious)];
        const found = await findRunFolders('embedded');
        await findNotOurs();
        expect([...listing(temporary), ...listing(precious)]).toEqual(before);
        expect((await reap(found)).failed).toEqual([]);
        expect([...listing(temporary), ...listing(precious)]).toEqual(before.filter((line) => !isOurs(line)));
        expect(ours.filter((path) => existsSync(path))).toEqual([]);
        await Promise.all([temporary, precious].map((path) => rm(path, { recursive: true })));
      }),
      { numRuns: TREES },
    );
    process.stdout.write(`trees of look-alikes tried: ${trees}\n`);
  },
);

it.skipIf(!isRoot || process.platform !== 'linux')(
  'the reaper enters no mount, and says which one is in its way',
  async () => {
    const precious = join(root, 'precious');
    mkdirSync(precious);
    fill(precious, ['file', 'deep'], precious);
    vi.stubEnv('TMPDIR', root);
    const runId = 'demo-20261120-020000-a1b2';
    const path = join(root, `dress-rehearsal-${runId}`);
    makeClaimedFolder(path, RUN_DIR_CLAIM, {
      ...claimed,
      runId,
      servers: [],
      sharedMemory: { segments: [], files: [] },
    });
    mkdirSync(join(path, 'below/mounted'), { recursive: true });
    execFileSync('mount', ['--bind', precious, join(path, 'below/mounted')]);
    const before = listing(precious);
    try {
      const { failed } = await reap(await findRunFolders('embedded'));
      expect(failed.map(({ error }) => error.message)).toEqual([
        `something is mounted on mounted in ${path}: unmount it first`,
      ]);
      expect(listing(precious)).toEqual(before);
    } finally {
      execFileSync('umount', [join(path, 'below/mounted')]);
    }
    expect((await reap(await findRunFolders('embedded'))).failed).toEqual([]);
    expect(existsSync(path)).toBe(false);
  },
);
