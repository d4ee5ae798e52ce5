import { z } from 'zod';
import { DriftRecord } from '../../artifacts/records/of-run/drift-record.ts';
import { statisticsSchema } from '../../plan/statistics/statistics.ts';
import type { Before } from './before.ts';

/** Begins each comment at the end of a text that came masked; a comment is told whole up to a megabyte, so each has one table. */
const MARK = 'rehearse, before masking: ';

const line = z.union([DriftRecord, statisticsSchema]);

/** What masking knows, as comments behind the rows: for the host that restores them. */
export function beforeComments(before: Before): string[] {
  const whole = before.kind === 'drift' ? before.drift : before.statistics;
  // A line break inside a name is written as two characters.
  return whole.tables.map((table) => `${MARK}${JSON.stringify({ ...whole, tables: [table] })}`);
}

/** Gathers it from the comments of such a text. */
export class CarriedBefore {
  #before: Before | undefined;

  take(comment: string): void {
    if (!comment.startsWith(MARK)) return;
    const { data } = line.safeParse(parsed(comment.slice(MARK.length)));
    if (data === undefined) return;
    if ('format' in data) {
      const tables = this.#before?.kind === 'statistics' ? this.#before.statistics.tables : [];
      this.#before = { kind: 'statistics', statistics: { ...data, tables: [...tables, ...data.tables] } };
    } else {
      const tables = this.#before?.kind === 'drift' ? this.#before.drift.tables : [];
      this.#before = { kind: 'drift', drift: { ...data, tables: [...tables, ...data.tables] } };
    }
  }

  get before(): Before | undefined {
    return this.#before;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
