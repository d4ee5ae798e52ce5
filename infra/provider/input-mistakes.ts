import { unknownValue } from '@pulumi/pulumi/runtime/rpc.js';
import { z } from 'zod';
import { didYouMean } from '../../scripts/plan/schema/did-you-mean.ts';
import { keyText } from '../../scripts/plan/yaml/yaml-source.ts';
import type { Properties } from './resource.ts';

interface InputMistake {
  /** `share[0].from` */
  readonly property: string;
  readonly reason: string;
}

/** Every input that a schema does not allow. What a preview does not know yet is not judged. */
export function inputMistakes(schema: z.ZodType, inputs: Properties): InputMistake[] {
  const { error } = schema.safeParse(inputs);
  return (error?.issues ?? []).flatMap((issue) => {
    const value = valueAt(inputs, issue.path);
    if (value === unknownValue) return [];
    if (issue.code === 'unrecognized_keys') {
      const known = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
      return issue.keys.map((key) => ({
        property: keyText([...issue.path, key]),
        reason: `unknown input${didYouMean(key, known)}`,
      }));
    }
    const missing = value === undefined && issue.code === 'invalid_type';
    return [{ property: keyText(issue.path), reason: missing ? 'missing' : issue.message }];
  });
}

/** Stops at what is not known: nothing below it is known either. */
function valueAt(inputs: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (value === unknownValue) return value;
    return typeof value === 'object' && value !== null
      ? (value as Record<PropertyKey, unknown>)[key]
      : undefined;
  }, inputs);
}
