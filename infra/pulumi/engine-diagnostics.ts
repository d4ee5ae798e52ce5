import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import type { EngineDiagnostic } from '../contract/diagnostic.ts';

/** Colours come as `<{%fg 1%}>`. */
const COLOUR = /<\{%[^%]*%\}>/g;
/** What the engine says of a failure that a provider has told already. */
const SUMMARIES =
  /^(update failed|one or more errors occurred|resource (creation|update|deletion) failed)\s*$/;

/** The error that an event tells, if it is one. */
export function diagnosticOf({ diagnosticEvent }: EngineEvent): EngineDiagnostic | undefined {
  if (diagnosticEvent?.severity !== 'error') return undefined;
  const message = diagnosticEvent.message.replace(COLOUR, '').trim();
  if (SUMMARIES.test(message)) return undefined;
  return { resourceType: typeOf(diagnosticEvent.urn ?? ''), message: withoutPreamble(message) };
}

/** A line for people when a resource has been made or removed. */
export function progressOf({ resOutputsEvent }: EngineEvent): string | undefined {
  const { op, urn } = resOutputsEvent?.metadata ?? {};
  if (urn === undefined || (op !== 'create' && op !== 'delete')) return undefined;
  const name = urn.split('::').at(-1) ?? '';
  return `${name} ${op === 'create' ? 'is there' : 'is gone'}`;
}

/** `urn:pulumi:stack::project::parentType$type::name` */
function typeOf(urn: string): string {
  return urn.split('::')[2]?.split('$').at(-1) ?? '';
}

/** Newer engines put the step and the URN on a line of their own before the provider's words. */
function withoutPreamble(message: string): string {
  return message.replace(/^(?:sdk-v2\/provider2\.go:\d+: )?(?:\w+ \w+:\s+)?urn:pulumi:\S+\s*/, '');
}
