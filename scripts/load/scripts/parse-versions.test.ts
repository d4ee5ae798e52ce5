import { describe, expect, it } from 'vitest';
import type { AppVersion } from '../../plan/model.ts';
import { InputError } from '../../shared/errors.ts';
import { parseVersions } from './parse-versions.ts';

function version(name: string, texts: Record<string, string>): AppVersion {
  const scripts = Object.entries(texts).map(([script, text]) => {
    return { name: script, path: `/app/${name}/${script}.sql`, text };
  });
  return { name, dir: `/app/${name}`, scripts };
}
const shown = (path: string): string => path.slice('/app/'.length);

describe('parseVersions', () => {
  it('reads all scripts of all versions in the order of rollout', () => {
    const versions = [version('old', { b: 'select 1;', a: 'select 2;' }), version('new', { a: 'select 3;' })];
    const parsed = parseVersions({ versions }, shown);
    expect(parsed.map(({ name, scripts }) => [name, scripts.map(({ file }) => file)])).toEqual([
      ['old', ['old/b.sql', 'old/a.sql']],
      ['new', ['new/a.sql']],
    ]);
  });

  it('reports the mistakes of all of them at once', () => {
    const versions = [
      version('old', { a: 'selct 1;', b: '-- rehearse: name=read\nselect 1;' }),
      version('dual', { read: 'select 1;', other: '-- rehearse: name=read\nselect 1;' }),
      version('new', {}),
    ];
    expect(() => parseVersions({ versions }, shown)).toThrow(
      new InputError([
        { file: 'old/a.sql', line: 1, key: '', message: 'syntax error at or near "selct"' },
        { file: 'dual/other.sql', key: '', message: 'has the name "read", and so has dual/read.sql' },
        { file: 'new', key: '', message: 'app version new has no workload script (*.sql)' },
      ]),
    );
  });
});
