import type { Rehearsal } from '../../plan/model.ts';

/** A role that the rehearsal connects as, and what for. */
export interface WantedRole {
  readonly role: string;
  /** Where rehearsal.yaml names it, such as `load.versions.new`. */
  readonly key: string;
  /** Connections that are open as this role at a time, at most. */
  readonly connections: number;
}

/** One place for each pool and one for the plan; a role can be there for both. */
export function wantedRoles({ load, planRole }: Pick<Rehearsal, 'load' | 'planRole'>): WantedRole[] {
  const named = load.versions.flatMap(({ name, role }) =>
    role === undefined ? [] : [{ role, key: `load.versions.${name}`, connections: load.connections }],
  );
  const pools = named.filter(({ role }, at) => named.findIndex((one) => one.role === role) === at);
  const all = pools.length === 1 && named.length === load.versions.length;
  return [
    ...pools.map((pool) => (all ? { ...pool, key: 'load.role' } : pool)),
    ...(planRole === undefined ? [] : [{ role: planRole, key: 'planRole', connections: 1 }]),
  ];
}
