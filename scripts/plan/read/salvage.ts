import type { z } from 'zod';
import {
  actorKind,
  actorSchema,
  actorWord,
  ownScenario,
  type ActorsConfig,
  type ScenariosConfig,
  scenarioMap,
} from '../schema/schema-actors.ts';
import { networkSchema, type WrittenNetwork } from '../schema/schema-commands.ts';
import { migrationsSchema, type MigrationsConfig } from '../schema/schema-migrations.ts';
import { stepSchemas, type StepConfig } from '../schema/schema-steps.ts';
import type { KeyPath } from '../yaml/yaml-source.ts';
import { loadSchema, snapshotSchemas, type RehearsalConfig } from '../schema/schema.ts';

/** One plan as it is written. */
export interface PlanParts {
  /** Undefined of `plan`. */
  readonly name: string | undefined;
  /** Where its steps stand. */
  readonly path: KeyPath;
  /** In the plan's order; undefined = beyond reading. */
  readonly steps: readonly (StepConfig | undefined)[];
}

/** The parts of a rehearsal that can be looked into, also where others break the schema. */
export interface Parts {
  readonly snapshot: RehearsalConfig['snapshot'] | undefined;
  readonly versions: RehearsalConfig['load']['versions'] | undefined;
  /** Of the versions that name none. */
  readonly role: string | undefined;
  readonly actors: ActorsConfig | undefined;
  /** Also of those that break the schema. */
  readonly actorNames: readonly string[];
  readonly scenarios: ScenariosConfig | undefined;
  /** Of the commands that say nothing of theirs. */
  readonly network: WrittenNetwork | undefined;
  /** Of the server, as they were written. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** `load.rate`, as whatever it is written. */
  readonly saysRate: boolean;
  /** `plan`, or each of `plans`, in the author's order. */
  readonly plans: readonly PlanParts[];
  /** A plan that is what a folder of migrations has beyond something; `plans` has one without steps then. */
  readonly migrations: MigrationsConfig | undefined;
}

/** Reads what can be read, so that mistakes behind the schema are found in the same go; never fails. */
export function salvageParts(value: unknown): Parts {
  const { snapshot, load, plan, plans, scenarios, commands, postgres } = record(value);
  return {
    snapshot: salvageKind<RehearsalConfig['snapshot']>(snapshotSchemas, snapshot),
    versions: salvage(loadSchema.shape.versions, record(load)['versions']),
    role: salvage(loadSchema.shape.role, record(load)['role']),
    actors: salvageActors(record(load)['actors']),
    actorNames: Object.keys(record(record(load)['actors'])),
    scenarios: salvageScenarios(scenarios),
    network: salvage(networkSchema, record(commands)['network']),
    settings: record(record(postgres)['settings']),
    saysRate: record(load)['rate'] !== undefined,
    plans: [
      ...(plan !== undefined || !isMap(plans) ? [planOf(undefined, ['plan'], plan)] : []),
      ...(isMap(plans) ? salvagePlans(plans) : []),
    ],
    migrations: isMap(plan) ? salvage(migrationsSchema, plan) : undefined,
  };
}

function salvagePlans(plans: object): PlanParts[] {
  return Object.entries(plans).map(([name, steps]: [string, unknown]) =>
    planOf(name, ['plans', name], steps),
  );
}

function planOf(name: string | undefined, path: KeyPath, steps: unknown): PlanParts {
  return { name, path, steps: Array.isArray(steps) ? steps.map(salvageStep) : [] };
}

function salvageActors(value: unknown): ActorsConfig | undefined {
  if (Array.isArray(value)) return entries(value, actorKind).map(([, kind]) => kind);
  return isMap(value) ? Object.fromEntries(entries(value, actorSchema)) : undefined;
}

function salvageScenarios(value: unknown): ScenariosConfig | undefined {
  if (Array.isArray(value))
    // What cannot be read names none, and keeps its place.
    return value.map((item) => (typeof item === 'string' ? item : (salvage(scenarioMap, item) ?? {})));
  if (!isMap(value)) return undefined;
  const scenarios = Object.entries(value).flatMap(([name, own]: [string, unknown]) => {
    const read = Array.isArray(own)
      ? entries(own, actorWord).map(([, word]) => word)
      : salvage(ownScenario, own);
    return read === undefined ? [] : [[name, read] as const];
  });
  return Object.fromEntries(scenarios);
}

/** Those of a list or map that can be read. */
function entries<T>(holder: object, schema: z.ZodType<T>): [string, T][] {
  return Object.entries(holder).flatMap(([name, value]): [string, T][] => {
    const read = salvage(schema, value);
    return read === undefined ? [] : [[name, read]];
  });
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
    // A list with a gap is none: it goes as a whole where it is part of something.
    const path =
      issue.path.length > 1 && typeof issue.path.at(-1) === 'number' ? issue.path.slice(0, -1) : issue.path;
    const names = issue.code === 'unrecognized_keys' ? issue.keys : path.slice(-1);
    const holder = issue.code === 'unrecognized_keys' ? path : path.slice(0, -1);
    const inside = holder.reduce<unknown>((each, name) => record(each)[name], rest);
    for (const name of names) Reflect.deleteProperty(record(inside), name);
  }
  return schema.safeParse(rest).data;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>) : {};
}
