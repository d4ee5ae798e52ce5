import { expect, it } from 'vitest';
import { analyse } from '../analysis/analyse.ts';
import { evidence, runRecord } from '../evidence/evidence-fixture.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { roleLimits } from './role-limits.ts';

type Roles = NonNullable<NonNullable<Evidence['environment']>['roles']>;

function limits(
  app: string | undefined,
  plan: string | undefined,
  roles: Roles = [],
  owner?: string,
): string[] {
  const base = evidence();
  const load = runRecord().load;
  const versions = load.versions.map((version) => ({ ...version, ...(app !== undefined && { role: app }) }));
  const run = runRecord({ load: { ...load, versions }, ...(plan !== undefined && { planRole: plan }) });
  const owners = owner === undefined ? [] : [{ role: owner, tables: 3 }];
  const environment = { ...base.environment!, roles };
  return roleLimits(analyse({ ...base, run, environment, snapshot: { ...base.snapshot!, owners } }));
}

const role = (name: string, superuser = false, madeOwner = false): Roles[number] => ({
  name,
  superuser,
  madeOwner,
});

it('tells what a superuser does not show, and names the role that owns the tables', () => {
  expect(limits(undefined, undefined, [], 'shop_owner')).toEqual([
    'The app and plan connected as superuser: GRANTs, row security and ALTER ROLE … SET were not exercised, but where the SQL itself changes to a role; load.role and planRole name the roles of production (shop_owner owns 3 of the tables).',
  ]);
  expect(limits('app', undefined, [role('app')])).toEqual([
    'The plan connected as superuser: GRANTs, row security and ALTER ROLE … SET were not exercised, but where the SQL itself changes to a role; planRole names the role of production.',
  ]);
});

it('is silent where both connect as roles of their own, and not fooled by one that is a superuser', () => {
  expect(limits('app', 'owner', [role('app'), role('owner')])).toEqual([]);
  expect(limits('app', 'owner', [role('app', true), role('owner')])[0]).toContain(
    'The app connected as superuser',
  );
});

it('tells that the plan’s role was made the owner of the database', () => {
  expect(limits('app', 'owner', [role('app'), role('owner', false, true)])).toEqual([
    'A dump does not say who owns the database: owner, which the plan connected as and which owns tables, owned it here.',
  ]);
});
