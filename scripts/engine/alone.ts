import type { PgClient } from '../pg/client.ts';
import { FIRST_USER_OID } from '../probes/catalog.ts';
import { mayChangeRelations } from '../probes/touched/touched.ts';
import type { Playing } from './playing.ts';

/** What such a trigger does comes at the commit, when the plan's locks have been looked at. */
const HAS_LATE_TRIGGERS = `select exists (select from pg_catalog.pg_trigger
  where tgdeferrable and not tgisinternal and oid >= ${FIRST_USER_OID}) as late`;
const MAKES_LATE_TRIGGER = /\bconstraint\s+trigger\b/i;

/** Whether nobody but the plan makes, changes or drops relations, and its locks tell which: as far as texts and catalogs say. */
export async function isPlanAlone(
  { rehearsal: { load, plan }, scenario: { actors } }: Pick<Playing, 'rehearsal' | 'scenario'>,
  client: PgClient,
): Promise<boolean> {
  if (actors.some(({ kind }) => kind === 'second-migration')) return false;
  if (mayChangeRelations(load.versions.flatMap(({ scripts }) => scripts.map(({ text }) => text))))
    return false;
  const texts = plan.flatMap((step) => (step.kind === 'sql' ? step.files.map(({ text }) => text) : []));
  if (texts.some((text) => MAKES_LATE_TRIGGER.test(text))) return false;
  const { rows } = await client.query<{ late: boolean }>(HAS_LATE_TRIGGERS);
  return rows[0]?.late === false;
}
