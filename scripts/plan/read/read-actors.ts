import { needsTable } from '../actors.ts';
import { defined } from '../schema/defined.ts';
import { didYouMean } from '../schema/did-you-mean.ts';
import { eitherOf } from '../schema/fields.ts';
import { ACTOR_KINDS, type ActorKind, type ActorSpec, type Scenario } from '../model.ts';
import type { Reading } from './reading.ts';
import type { Parts } from './salvage.ts';
import type { ActorsConfig } from '../schema/schema-actors.ts';
import type { KeyPath } from './yaml-source.ts';

const QUIET = 'quiet';
const COMPANY = 'company';

/**
 * The scenarios with their actors. Notes names that stand for nothing, steps that are not there, and actors that never come.
 * @param steps names of the steps; undefined where they are not all known, so that nothing is said of them
 */
export function readScenarios(
  { actors: config, actorNames, scenarios }: Pick<Parts, 'actors' | 'actorNames' | 'scenarios'>,
  steps: readonly string[] | undefined,
  reading: Reading,
): Scenario[] {
  const actors = readActors(config, steps, reading);
  if (scenarios === undefined) {
    const quiet = { name: QUIET, actors: [] };
    return actors.length === 0 ? [quiet] : [quiet, { name: COMPANY, actors }];
  }
  const cast = { actors, written: actorNames };
  const found = Array.isArray(scenarios)
    ? listed(scenarios, cast, reading)
    : Object.entries(scenarios).map(([name, words]) => own(name, words, cast, reading));
  if (found.length === 0) reading.mistake(['scenarios'], 'names no scenario; write [quiet], or leave it out');
  const used = new Set(found.flatMap((scenario) => scenario.actors.map(({ name }) => name)));
  for (const [index, { name }] of actors.entries())
    if (!used.has(name))
      reading.mistake(actorPath(config, name, index), 'no scenario has this actor; add it to scenarios');
  return found;
}

function readActors(
  config: ActorsConfig | undefined,
  steps: readonly string[] | undefined,
  reading: Reading,
): ActorSpec[] {
  if (config === undefined) return [];
  if (Array.isArray(config)) {
    for (const [index, kind] of config.entries())
      if (config.indexOf(kind) < index)
        reading.mistake(actorPath(config, kind, index), '{value} is there twice');
    return [...new Set(config)].map((kind) => ({ name: kind, kind }));
  }
  return Object.entries(config).map(([name, { kind, table, at, for: forMs }]) => {
    const path = ['load', 'actors', name];
    if (name === QUIET || name === COMPANY) reading.mistake(path, `${name} is the name of a scenario`);
    if (isKind(name) && name !== kind)
      reading.mistake(path, `${name} is a kind of actor, and this one is a ${kind}; give it another name`);
    if (table !== undefined && !needsTable(kind))
      reading.mistake([...path, 'table'], `a ${kind} does not work on one table; leave this key out`);
    if (at !== undefined && steps !== undefined && !steps.includes(at)) {
      const guess = reading.source.isSecret([...path, 'at']) ? '' : didYouMean(at, steps);
      reading.mistake(
        [...path, 'at'],
        `{value} is not the name of a step${guess || `; write ${eitherOf(steps)}`}`,
      );
    }
    return { name, kind, ...defined({ startAt: at, forMs, table }) };
  });
}

/** Who can be in a scenario. */
interface Cast {
  readonly actors: readonly ActorSpec[];
  /** Names of `load.actors`, also of those with mistakes. */
  readonly written: readonly string[];
}

/** `quiet`, `company`, an actor or a kind: each is a scenario of that name. */
function listed(words: readonly string[], cast: Cast, reading: Reading): Scenario[] {
  const { actors, written } = cast;
  return words.flatMap((word, index): Scenario[] => {
    const path = ['scenarios', index];
    if (words.indexOf(word) < index) {
      reading.mistake(path, '{value} is there twice');
      return [];
    }
    if (word === QUIET) return [{ name: QUIET, actors: [] }];
    if (word === COMPANY) {
      if (written.length === 0 && actors.length === 0)
        reading.mistake(path, 'there are no load.actors to keep company');
      return [{ name: COMPANY, actors }];
    }
    const actor = find(word, path, cast, [QUIET, COMPANY], reading);
    return actor === undefined ? [] : [{ name: word, actors: [actor] }];
  });
}

/** A scenario with a name of the author's own. */
function own(name: string, words: readonly string[], cast: Cast, reading: Reading): Scenario {
  if (name === QUIET && words.length > 0)
    reading.mistake(['scenarios', name], 'quiet is nobody but the app; give this scenario another name');
  const found = words.flatMap((word, index) => {
    const path = ['scenarios', name, index];
    if (words.indexOf(word) < index) {
      reading.mistake(path, '{value} is there twice');
      return [];
    }
    return find(word, path, cast, [], reading) ?? [];
  });
  return { name, actors: found };
}

function find(
  word: string,
  path: KeyPath,
  { actors, written }: Cast,
  others: readonly string[],
  reading: Reading,
): ActorSpec | undefined {
  const actor = actors.find(({ name }) => name === word);
  if (actor !== undefined) return actor;
  if (isKind(word)) return { name: word, kind: word };
  if (written.includes(word)) return undefined; // its own mistakes are told
  const known = [...new Set([...others, ...written, ...actors.map(({ name }) => name), ...ACTOR_KINDS])];
  const guess = reading.source.isSecret(path) ? '' : didYouMean(word, known);
  reading.mistake(
    path,
    `{value} is no actor of load.actors, and no kind of actor${guess || `; write ${eitherOf(known)}`}`,
  );
  return undefined;
}

function actorPath(config: ActorsConfig | undefined, name: string, index: number): KeyPath {
  return ['load', 'actors', Array.isArray(config) ? index : name];
}

function isKind(word: string): word is ActorKind {
  return ACTOR_KINDS.some((kind) => kind === word);
}
