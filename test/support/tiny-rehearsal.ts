import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test's own with a rehearsal in it, and a temporary folder that the runs of the test use. */
export interface TinyRehearsal {
  readonly dir: string;
  readonly tmp: string;
  /** Pids of programs that were started with this temporary folder. */
  processes(): number[];
  /** What is in the temporary folder. */
  leftFolders(): Promise<string[]>;
  remove(): Promise<void>;
}

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 100/s, connections: 8, warmup: 1500ms, cooldown: 300ms, versions: { old: workload/old, new: workload/new } }
budgets: { lockWait: 5s, errors: 0 }
`;

const FILES: Record<string, string> = {
  'generate.sql': `create table customers as
      select i as id, 'name ' || i as name, md5('customer ' || i) as secret from generate_series(1, 5000) i;
    alter table customers add primary key (id);`,
  'workload/old/read.sql': `-- rehearse: weight=4
-- rehearse: sample id from customers.id
select name from customers where id = :id;`,
  'workload/old/write.sql': `-- rehearse: sample id from customers.id
update customers set name = name || '.' where id = :id;`,
  'workload/new/read.sql': `-- rehearse: sample id from customers.id
select full_name from customers where id = :id;`,
};

/**
 * Writes the rehearsal. `plan` is the YAML of its steps, or begins with `plans:`; `files` adds to or replaces what is there; `head` replaces all that
 * stands before the plan.
 */
export async function tinyRehearsal(
  plan: string,
  files: Readonly<Record<string, string | Buffer>> = {},
  head: string = HEAD,
): Promise<TinyRehearsal> {
  const dir = await mkdtemp(join(tmpdir(), 'tiny-rehearsal-'));
  // The server's own user has to reach its data below.
  await chmod(dir, 0o755);
  const tmp = join(dir, 'tmp');
  await mkdir(tmp, { mode: 0o755 });
  const keyed = plan.startsWith('plans:') ? plan : `plan:\n${plan}`;
  const all = { ...FILES, ...files, 'rehearsal.yaml': `${head}${keyed}\n` };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return {
    dir,
    tmp,
    processes: () => processesOf(tmp),
    leftFolders: () => readdir(tmp),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Every file below a folder with its text. */
export async function textsBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)));
}
