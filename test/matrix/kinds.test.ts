import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';
import { kindsOfContributing } from '../support/checkout/kinds-of-contributing.ts';

/** A sample of each kind, written where CONTRIBUTING says; the compiler then names every other place that has to know it. */
const SAMPLES: readonly { readonly kind: string; readonly name: string; readonly edits: readonly Edit[] }[] =
  [
    {
      kind: 'check',
      name: 'sampleCheck',
      edits: [
        {
          file: 'scripts/checks/of-plan/sample-check.ts',
          create: `import type { Check } from '../check.ts';
            import { steps } from './steps.ts';
            export const sampleCheck: Check = { ...steps, id: 'sampleCheck' };`,
        },
        {
          file: 'scripts/checks/index.ts',
          at: "import { steps } from './of-plan/steps.ts';",
          add: "import { sampleCheck } from './of-plan/sample-check.ts';",
        },
        { file: 'scripts/checks/index.ts', at: '  steps,', add: '  sampleCheck,' },
      ],
    },
    {
      kind: 'target',
      name: 'sampleTarget',
      edits: [
        {
          file: 'infra/targets/sample/sample-target.ts',
          create: `import type { Target } from '../../contract/target.ts';
            import { embeddedTarget } from '../embedded/embedded-target.ts';
            export const sampleTarget: Target = { ...embeddedTarget, name: 'sampleTarget' };`,
        },
        {
          file: 'infra/targets/index.ts',
          at: 'import { localTarget }',
          add: "import { sampleTarget } from './sample/sample-target.ts';",
        },
        { file: 'infra/targets/index.ts', at: '  () => localTarget,', add: '  () => sampleTarget,' },
      ],
    },
    {
      kind: 'verb',
      name: 'addSampleVerb',
      edits: [
        {
          file: 'scripts/cli/sample-verb.ts',
          create: `import type { AddVerb } from './context.ts';
            export const addSampleVerb: AddVerb = (verb, _context, finish) => {
              verb.action(() => { finish(0); });
            };`,
        },
        {
          file: 'scripts/cli/program.ts',
          at: "  { name: 'run',",
          add: "  { name: 'sample', description: '', add: async () => (await import('./sample-verb.ts')).addSampleVerb },",
        },
      ],
    },
    {
      kind: 'report section',
      name: 'SampleSection',
      edits: [
        {
          file: 'scripts/report/facts/sample-facts.ts',
          create: `import type { Result } from '../../checks/result/contract/result.ts';
            export function sampleFacts({ runId }: Result): string { return runId; }`,
        },
        {
          file: 'scripts/report/html/sample-section.tsx',
          create: `import type { Result } from '../../checks/result/contract/result.ts';
            import { sampleFacts } from '../facts/sample-facts.ts';
            export function SampleSection({ result }: { result: Result }) { return <p>{sampleFacts(result)}</p>; }`,
        },
        {
          file: 'scripts/report/html/page.tsx',
          at: "import { Tiles } from './tiles.tsx';",
          add: "import { SampleSection } from './sample-section.tsx';",
        },
        {
          file: 'scripts/report/html/page.tsx',
          at: '          <Tiles result={result} />',
          add: '          <SampleSection result={result} />',
        },
        {
          file: 'scripts/report/markdown.ts',
          at: 'import { waitsText }',
          add: "import { sampleFacts } from './facts/sample-facts.ts';",
        },
        { file: 'scripts/report/markdown.ts', at: '    playings(result),', add: '    sampleFacts(result),' },
      ],
    },
    {
      kind: 'step kind',
      name: 'sampleStep',
      edits: [
        {
          file: 'scripts/plan/steps.ts',
          at: '  readonly sql: SqlStep;',
          add: '  readonly sampleStep: SampleStep;',
        },
        {
          file: 'scripts/plan/steps.ts',
          at: 'export interface SqlStep extends',
          add: "export interface SampleStep extends StepBase { readonly kind: 'sampleStep' }",
        },
        {
          file: 'scripts/plan/schema/schema-steps.ts',
          at: '  soak: z\n',
          add: '  sampleStep: z.strictObject({ sampleStep: z.literal(true), ...common }),',
        },
      ],
    },
    {
      kind: 'snapshot source',
      name: 'sampleSource',
      edits: [
        {
          file: 'scripts/plan/model.ts',
          at: "  | { readonly kind: 'generator'",
          add: "  | { readonly kind: 'sampleSource'; readonly takenAt?: string }",
        },
      ],
    },
    {
      kind: 'scheme of a snapshot’s URL',
      name: 'samplescheme:',
      edits: [
        {
          file: 'scripts/plan/snapshot-url.ts',
          at: "  's3:': 's3",
          add: "  'samplescheme:': 'samplescheme://host/file',",
        },
      ],
    },
    {
      kind: 'actor',
      name: 'sample-actor',
      edits: [{ file: 'scripts/plan/actor-spec.ts', at: "  'long-reader',", add: "  'sample-actor'," }],
    },
    {
      kind: 'artifact',
      name: 'sampleStream',
      edits: [
        {
          file: 'scripts/artifacts/records/sample-record.ts',
          create: `import { z } from 'zod';
            import { moment } from './primitives.ts';
            export const SampleRecord = z.object({ tMs: moment });`,
        },
        {
          file: 'scripts/artifacts/registry.ts',
          at: 'import { ServerRecord }',
          add: "import { SampleRecord } from './records/sample-record.ts';",
        },
        {
          file: 'scripts/artifacts/registry.ts',
          at: '  steps: StepEvent,',
          add: '  sampleStream: SampleRecord,',
        },
      ],
    },
    {
      kind: 'exit code',
      name: 'sampleKind',
      edits: [
        {
          file: 'scripts/shared/errors.ts',
          at: "type ErrorKind = 'internal'",
          replace: "type ErrorKind = 'sampleKind' | 'internal'",
        },
      ],
    },
    {
      kind: 'JSON field',
      name: 'sampleField',
      edits: [
        {
          file: 'scripts/checks/result/contract/result.ts',
          at: 'export const resultSchema = z.object({',
          replace: 'export const resultSchema = z.object({ sampleField: z.string(),',
        },
      ],
    },
  ];

/** Of a file that is there: a line before `at`, or something in its place. Or the text of a new file. */
type Edit = { readonly file: string } & (
  | { readonly at: string; readonly add: string }
  | { readonly at: string; readonly replace: string }
  | { readonly create: string }
);

/** Which files the compiler complains of, by the sample's name. */
let named: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  named = complaints();
}, 600_000);

test.each(SAMPLES)(
  'the compiler names every file that CONTRIBUTING names for a new $kind, and no other',
  ({ kind, name }) => {
    const { forced } = kindsOfContributing().find((row) => row.kind === kind) ?? { forced: [] };
    expect(named.get(name)).toEqual([...forced].sort());
  },
);

const CONFIG = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(OWN_ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
  ts.sys,
  OWN_ROOT,
);
const SOURCES = CONFIG.fileNames.filter(
  (path) => /\/(infra|scripts)\//.test(path) && !/[./](test|fixture)\.tsx?$/.test(path),
);

/** All samples in one look; what does not name its sample is looked at again with one sample at a time. */
function complaints(): Map<string, string[]> {
  const found = new Map(SAMPLES.map(({ name }) => [name, new Set<string>()]));
  const all = programWith(SAMPLES.flatMap(({ edits }) => edits));
  const open = new Set<string>();
  for (const { file, messageText } of all.getSemanticDiagnostics()) {
    const said = ts.flattenDiagnosticMessageText(messageText, ' ');
    const about = SAMPLES.find(({ name }) => said.includes(name));
    if (about !== undefined) found.get(about.name)?.add(pathOf(file));
    else if (file !== undefined) open.add(file.fileName);
  }
  for (const { name, edits } of open.size === 0 ? [] : SAMPLES) {
    const one = programWith(edits, all);
    const wrong = [...open].filter((path) => one.getSemanticDiagnostics(one.getSourceFile(path)).length > 0);
    for (const path of wrong) found.get(name)?.add(relative(OWN_ROOT, path));
  }
  return new Map([...found].map(([name, files]) => [name, [...files].sort()]));
}

function pathOf(file: ts.SourceFile | undefined): string {
  return file === undefined ? '' : relative(OWN_ROOT, file.fileName);
}

function programWith(edits: readonly Edit[], before?: ts.Program): ts.Program {
  const edited = new Map<string, string>();
  for (const edit of edits) {
    const path = join(OWN_ROOT, edit.file);
    if ('create' in edit) {
      edited.set(path, edit.create);
      continue;
    }
    const { file, at } = edit;
    const text = edited.get(path) ?? readFileSync(path, 'utf8');
    if (!text.includes(at)) throw new Error(`${file} has no ${at}`);
    edited.set(
      path,
      text.replace(at, () => ('add' in edit ? `${edit.add}\n${at}` : edit.replace)),
    );
  }
  const options = { ...CONFIG.options, noEmit: true };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (path) => edited.get(path) ?? read(path);
  const isThere = host.fileExists.bind(host);
  host.fileExists = (path) => edited.has(path) || isThere(path);
  const hasFolder = host.directoryExists?.bind(host);
  host.directoryExists = (path) =>
    [...edited.keys()].some((file) => file.startsWith(`${path}/`)) || hasFolder?.(path) !== false;
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => {
    const known = edited.has(path) || isEdited(path) ? undefined : before?.getSourceFile(path);
    return known ?? parse(path, ...rest);
  };
  return ts.createProgram(SOURCES, options, host);
}

function isEdited(path: string): boolean {
  return SAMPLES.some(({ edits }) => edits.some(({ file }) => path.endsWith(file)));
}
