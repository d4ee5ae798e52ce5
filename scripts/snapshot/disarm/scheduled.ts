import type { Arm } from './arm.ts';
import { named, names } from './foreign.ts';
import { NOWHERE } from './nowhere.ts';

/**
 * Enabled, its worker connects to the publisher within a moment and takes from production's slot; without a slot's name also DROP
 * SUBSCRIPTION asks nobody.
 */
const SUBSCRIPTIONS = `
  update pg_catalog.pg_subscription set subenabled = false, subslotname = null, subconninfo = $1
   where subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
     and (subenabled or subslotname is not null or subconninfo <> $1)
  returning subname::text as name`;

export const SUBSCRIPTIONS_OFF: Arm = {
  isArmedBy: (head) => /^(create|alter) subscription\b/.test(head),
  disarm: async (client) => named('subscription', await names(client, SUBSCRIPTIONS, [`host=${NOWHERE}`])),
};

const HAS_CRON = `
  select a.attname::text as name from pg_catalog.pg_attribute as a
   where a.attrelid = pg_catalog.to_regclass('cron.job') and a.attname in ('jobid', 'active') and not a.attisdropped`;

/** pg_cron's own table; its launcher reads it where the rehearsal's settings preload it. */
const CRON_JOBS = `
  update cron.job as j set active = false where active
  returning coalesce(pg_catalog.to_jsonb(j) ->> 'jobname', 'job ' || jobid) as name`;

export const JOBS_OFF: Arm = {
  isArmedBy: (head) => /^(copy|insert into|update) "?cron\b/.test(head),
  disarm: async (client) => {
    if ((await names(client, HAS_CRON, [])).length < 2) return [];
    return named('scheduled job', await names(client, CRON_JOBS, []));
  },
};
