import { formatCount } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { listed } from '../wording.ts';

/** What a superuser may do that the app's and the migration's own roles may not. */
export function roleLimits({ evidence: { run, environment, snapshot } }: Analysis): string[] {
  const roles = environment?.roles ?? [];
  const isSuperuser = (role: string | undefined): boolean =>
    role === undefined || roles.some(({ name, superuser }) => name === role && superuser);
  const apps = run.load.versions.filter(({ role }) => isSuperuser(role)).map(({ name }) => name);
  const isAll = apps.length === run.load.versions.length;
  const owner = snapshot?.owners?.[0];
  const who = [
    ...(apps.length === 0 ? [] : [isAll ? 'app' : `app’s ${listed(apps)}`]),
    ...(isSuperuser(run.planRole) ? ['plan'] : []),
  ];
  const keys = [
    ...(apps.length === 0 ? [] : ['load.role']),
    ...(isSuperuser(run.planRole) ? ['planRole'] : []),
  ];
  const owns = owner === undefined ? '' : ` (${owner.role} owns ${formatCount(owner.tables)} of the tables)`;
  const made = roles.find(({ madeOwner }) => madeOwner);
  return [
    ...(who.length === 0
      ? []
      : [
          `The ${listed(who)} connected as superuser: GRANTs, row security and ALTER ROLE … SET were not exercised, but where the SQL itself changes to a role; ${listed(keys)} ${keys.length === 1 ? 'names the role' : 'name the roles'} of production${owns}.`,
        ]),
    ...(made === undefined
      ? []
      : [
          `A dump does not say who owns the database: ${made.name}, which the plan connected as and which owns tables, owned it here.`,
        ]),
  ];
}
