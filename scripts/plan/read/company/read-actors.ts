import { needsTable } from '../../actors.ts';
import { defined } from '../../schema/defined.ts';
import { didYouMean } from '../../schema/did-you-mean.ts';
import { eitherOf } from '../../schema/fields.ts';
import { ACTOR_KINDS, type ActorKind, type ActorSpec, type Scenario, type Step } from '../../model.ts';
import type { Reading } from '../reading.ts';
import { INTERRUPTED, readInterruptions } from './read-interruptions.ts';
import { readWaysBack, ROLLBACK } from './read-ways-back.ts';
import type { Parts } from '../salvage.ts';
import type { ActorsConfig, OwnScenarioConfig, ScenarioItem } from '../../schema/schema-actors.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';

const QUIET = 'quiet';
const COMPANY = 'company';
/** Names that are no actor's. */
const SCENARIOS = [QUIET, COMPANY, ROLLBACK, INTERRUPTED];

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
    if (SCENARIOS.includes(name)) reading.mistake(path, `${name} is the name of a scenario`);
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

/** `quiet`, `company`, `rollback`, `interrupted`, an actor or a kind: each is a scenario of that name. */
function listed(items: readonly ScenarioItem[], cast: Cast, { plan, reading }: Place): Scenario[] {
  const seen = new Set<string>();
  return items.flatMap((item, index): Scenario[] => {
    const path = ['scenarios', index];
    const words = typeof item === 'string' ? [item] : Object.keys(item);
    return words.flatMap((word) => {
      const isTwice = seen.has(word);
      seen.add(word);
      if (isTwice) {
        reading.mistake(path, `${typeof item === 'string' ? '{value}' : word} is there twice`);
        return [];
      }
      const place = { path: typeof item === 'string' ? path : [...path, word], reading };
      const { rollback = 'last', interrupted = {} } = typeof item === 'string' ? {} : item;
      if (word === ROLLBACK) return readWaysBack(rollback, [], plan, place);
      if (word === INTERRUPTED) return readInterruptions(interrupted, [], plan, place);
      return plain(word, path, cast, reading);
    });
  });
}

/** The app alone, with all actors, or with one. */
function plain(word: string, path: KeyPath, cast: Cast, reading: Reading): Scenario[] {
  if (word === QUIET) return [{ name: QUIET, actors: [] }];
  if (word === COMPANY) {
    if (cast.written.length === 0 && cast.actors.length === 0)
      reading.mistake(path, 'there are no load.actors to keep company');
    return [{ name: COMPANY, actors: cast.actors }];
  }
  const actor = find(word, path, { ...cast, others: SCENARIOS }, reading);
  return actor === undefined ? [] : [{ name: word, actors: [actor] }];
}

/** A scenario with a name of the author's own, the way back, or the interruption. */
function own(name: string, written: OwnScenarioConfig, cast: Cast, { plan, reading }: Place): Scenario[] {
  const path = ['scenarios', name];
  if (!isListOfActors(written)) return special(name, written, plan, { path, reading });
  if (name === QUIET && written.length > 0)
    reading.mistake(path, 'quiet is nobody but the app; give this scenario another name');
  const actors = written.flatMap((word, index) => {
    if (written.indexOf(word) < index) {
      reading.mistake([...path, index], '{value} is there twice');
      return [];
    }
    return find(word, [...path, index], { ...cast, others: [] }, reading) ?? [];
  });
  if (name === ROLLBACK) return readWaysBack('last', actors, plan, { path, reading });
  if (name === INTERRUPTED) return readInterruptions({}, actors, plan, { path, reading });
  return [{ name, actors }];
}

/** The way back or the interruption, where it says more than its actors. */
function special(
  name: string,
  written: Exclude<OwnScenarioConfig, unknown[]>,
  plan: readonly Step[] | undefined,
  at: { readonly path: KeyPath; readonly reading: Reading },
): Scenario[] {
  const { path, reading } = at;
  const { from, verify, ...cutOff } = typeof written === 'string' ? {} : written;
  const unknown = (keys: readonly string[], words: string): void => {
    for (const key of keys) reading.mistake([...path, key], `not a key of ${name}; write ${words}`);
  };
  if (name === INTERRUPTED && typeof written !== 'string') {
    unknown(Object.keys(defined({ from, verify })), 'steps or how');
    return readInterruptions(cutOff, [], plan, at);
  }
  if (name === ROLLBACK) {
    unknown(Object.keys(cutOff), 'from or verify');
    if (typeof written === 'string') return readWaysBack(written, [], plan, at);
    return readWaysBack(defined({ from }), [], plan, at);
  }
  const who = name === INTERRUPTED || typeof written === 'string' || from || verify ? ROLLBACK : INTERRUPTED;
  const what = who === ROLLBACK ? 'has a way back' : 'has steps that are cut off';
  reading.mistake(path, `only ${who} ${what}; write [long-reader], or [] for nobody`);
  return [];
}

function isListOfActors(written: OwnScenarioConfig): written is string[] {
  return Array.isArray(written);
}

function find(
  word: string,
  path: KeyPath,
  { actors, written, others }: Cast & { readonly others: readonly string[] },
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
