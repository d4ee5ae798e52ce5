import type { z } from 'zod';
import { stepSchemas, type StepConfig } from './schema-steps.ts';
import { loadSchema, snapshotSchemas, type RehearsalConfig } from './schema.ts';

/** The parts of a rehearsal that can be looked into, also where others break the schema. */
export interface Parts {
  readonly snapshot: RehearsalConfig['snapshot'] | undefined;
  readonly versions: Readonly<Record<string, string>> | undefined;
  /** In the plan's order; undefined = beyond reading. */
  readonly steps: readonly (StepConfig | undefined)[];
}

/** Reads what can be read, so that mistakes behind the schema are found in the same go; never fails. */
export function salvageParts(value: unknown): Parts {
  const { snapshot, load, plan } = record(value);
  return {
    snapshot: salvageKind<RehearsalConfig['snapshot']>(snapshotSchemas, snapshot),
    versions: salvage(loadSchema.shape.versions, record(load)['versions']),
    steps: Array.isArray(plan) ? plan.map(salvageStep) : [],
  };
}

function salvageStep(value: unknown): StepConfig | undefined {
  const withPhase = { ...record(value), phase: 'expand' };
  return salvageKind<StepConfig>(stepSchemas, value) ?? salvageKind<StepConfig>(stepSchemas, withPhase);
}

/** One key decides which schema counts. */
function salvageKind<T>(schemas: Readonly<Record<string, z.ZodType<T>>>, value: unknown): T | undefined {
  const [schema, ...others] = Object.entries(schemas).filter(([kind]) => kind in record(value));
  return schema && others.length === 0 ? salvage(schema[1], value) : undefined;
}

/** The value without what breaks the schema; undefined where the rest is not enough. */
function salvage<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const rest = structuredClone(value);
  for (const issue of error.issues) {
    const names = issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(-1);
    const holder = issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1);
    const inside = holder.reduce<unknown>((each, name) => record(each)[name], rest);
    for (const name of names) Reflect.deleteProperty(record(inside), name);
  }
  return schema.safeParse(rest).data;
}

function record(value: unknown): Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>) : {};
}
