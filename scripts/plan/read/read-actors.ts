import { needsTable } from '../actors.ts';
import { defined } from '../schema/defined.ts';
import { didYouMean } from '../schema/did-you-mean.ts';
import { eitherOf } from '../schema/fields.ts';
import { ACTOR_KINDS, type ActorKind, type ActorSpec, type Scenario, type Step } from '../model.ts';
import type { Reading } from './reading.ts';
import { readWaysBack, ROLLBACK } from './read-ways-back.ts';
import type { Parts } from './salvage.ts';
import type { ActorsConfig, OwnScenarioConfig, ScenarioItem } from '../schema/schema-actors.ts';
import type { KeyPath } from './yaml-source.ts';

const QUIET = 'quiet';
const COMPANY = 'company';

/**
 * The scenarios with their actors. Notes names that stand for nothing, steps that are not there, and actors that never come.
 * @param plan undefined where not all steps are known, so that nothing is said of them
 */
export function readScenarios(
  { actors: config, actorNames, scenarios }: Pick<Parts, 'actors' | 'actorNames' | 'scenarios'>,
  plan: readonly Step[] | undefined,
  reading: Reading,
): Scenario[] {
  const actors = readActors(
    config,
    plan?.map(({ name }) => name),
    reading,
  );
  if (scenarios === undefined) {
    const quiet = { name: QUIET, actors: [] };
    return actors.length === 0 ? [quiet] : [quiet, { name: COMPANY, actors }];
  }
  const cast = { actors, written: actorNames };
  const found = Array.isArray(scenarios)
    ? listed(scenarios, cast, { plan, reading })
    : Object.entries(scenarios).flatMap(([name, written]) => own(name, written, cast, { plan, reading }));
  const isTold = reading.mistakes.some(({ key }) => key.startsWith('scenarios'));
  if (found.length === 0 && !isTold)
    reading.mistake(['scenarios'], 'names no scenario; write [quiet], or leave it out');
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
    if (name === QUIET || name === COMPANY || name === ROLLBACK)
      reading.mistake(path, `${name} is the name of a scenario`);
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

interface Place {
  readonly plan: readonly Step[] | undefined;
  readonly reading: Reading;
}

/** `quiet`, `company`, `rollback`, an actor or a kind: each is a scenario of that name. */
function listed(items: readonly ScenarioItem[], cast: Cast, { plan, reading }: Place): Scenario[] {
  const words = items.map((item) => (typeof item === 'string' ? item : ROLLBACK));
  return items.flatMap((item, index): Scenario[] => {
    const path = ['scenarios', index];
    const word = words[index] ?? '';
    if (words.indexOf(word) < index) {
      reading.mistake(path, '{value} is there twice');
      return [];
    }
    if (typeof item !== 'string')
      return readWaysBack(item.rollback, [], plan, { path: [...path, ROLLBACK], reading });
    if (word === ROLLBACK) return readWaysBack('last', [], plan, { path, reading });
    if (word === QUIET) return [{ name: QUIET, actors: [] }];
    if (word === COMPANY) {
      if (cast.written.length === 0 && cast.actors.length === 0)
        reading.mistake(path, 'there are no load.actors to keep company');
      return [{ name: COMPANY, actors: cast.actors }];
    }
    const actor = find(word, path, cast, [QUIET, COMPANY, ROLLBACK], reading);
    return actor === undefined ? [] : [{ name: word, actors: [actor] }];
  });
}

/** A scenario with a name of the author's own, or the way back. */
function own(name: string, written: OwnScenarioConfig, cast: Cast, { plan, reading }: Place): Scenario[] {
  const path = ['scenarios', name];
  if (!isListOfActors(written)) {
    if (name === ROLLBACK) return readWaysBack(written, [], plan, { path, reading });
    reading.mistake(path, `only ${ROLLBACK} has a way back; write [long-reader], or [] for nobody`);
    return [];
  }
  if (name === QUIET && written.length > 0)
    reading.mistake(path, 'quiet is nobody but the app; give this scenario another name');
  const actors = written.flatMap((word, index) => {
    if (written.indexOf(word) < index) {
      reading.mistake([...path, index], '{value} is there twice');
      return [];
    }
    return find(word, [...path, index], cast, [], reading) ?? [];
  });
  if (name === ROLLBACK) return readWaysBack('last', actors, plan, { path, reading });
  return [{ name, actors }];
}

function isListOfActors(written: OwnScenarioConfig): written is string[] {
  return Array.isArray(written);
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
