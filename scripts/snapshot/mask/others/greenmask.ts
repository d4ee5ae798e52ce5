import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputError, type Mistake } from '../../../shared/errors.ts';
import type { MaskRule } from '../../../plan/mask/mask-rules.ts';
import { keyText, type KeyPath } from '../../../plan/yaml/yaml-source.ts';
import { ruleByName, type Wish } from './wish.ts';

const columnSchema = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);
const transformerSchema = z.looseObject({
  name: z.string(),
  params: z
    .looseObject({
      column: z.string().optional(),
      columns: z.array(columnSchema).optional(),
      value: z.union([z.string(), z.number(), z.boolean()]).optional(),
      type: z.string().optional(),
    })
    .default({}),
});
const configSchema = z.looseObject({
  dump: z.looseObject({
    transformation: z.array(
      z.looseObject({
        schema: z.string().default('public'),
        name: z.string(),
        transformers: z.array(transformerSchema).default([]),
      }),
    ),
  }),
});
type Transformer = z.infer<typeof transformerSchema>;

/**
 * What Greenmask's configuration asks for (`dump.transformation`, https://docs.greenmask.io/latest/configuration).
 * @param text its content, YAML
 * @throws InputError for one that cannot be read, and for transformers that name no column
 */
export function readGreenmask(text: string, shown: string): Wish[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistakes: Mistake[] = document.errors.map(({ message, pos: [at] }) => {
    return { file: shown, line: lines.linePos(at).line, key: '', message };
  });
  const mistake = (path: KeyPath, message: string): void => {
    const node = document.getIn(path, true);
    const line = isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined;
    mistakes.push({ file: shown, line, key: keyText(path), message });
  };
  if (mistakes.length > 0) throw new InputError(mistakes);
  const read = configSchema.safeParse(document.toJS());
  for (const { path, message } of read.error?.issues ?? []) mistake(path, message);
  const wishes = (read.data?.dump.transformation ?? []).flatMap(
    ({ schema, name: table, transformers }, place) =>
      transformers.flatMap((transformer, index) => {
        const columns = columnsOf(transformer);
        if (columns.length === 0)
          mistake(
            ['dump', 'transformation', place, 'transformers', index],
            `${transformer.name} names no column under params.column or params.columns`,
          );
        const rule = ruleOf(transformer);
        return columns.map((column) => ({
          at: { schema, table, column },
          rule,
          why: `${transformer.name} of ${shown}`,
        }));
      }),
  );
  if (mistakes.length > 0) throw new InputError(mistakes);
  return wishes;
}

function columnsOf({ params: { column, columns = [] } }: Transformer): string[] {
  return column === undefined ? columns : [column, ...columns];
}

function ruleOf({ name, params: { value, type } }: Transformer): MaskRule {
  if (name === 'SetNull') return { kind: 'null' };
  if (name === 'Replace' && value !== undefined) return { kind: 'value', text: String(value) };
  return ruleByName(name === 'Masking' && type !== undefined ? type : name);
}
