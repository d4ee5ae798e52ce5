import pg from 'pg';

/** What a role was refused for want of a privilege (SQLSTATE 42501). */
export interface Refusal {
  readonly role: string;
  /** As GRANT spells them. */
  readonly privileges: readonly string[];
}

const SET_ROLE =
  /^\s*set\s+(?:local\s+|session\s+)?(?:role|session\s+authorization)\s+(?:to\s+)?("(?:[^"]|"")+"|'[^']+'|\w+)/i;
const RESET_ROLE = /^\s*reset\s+(role|session\s+authorization)/i;
/** The privileges of PostgreSQL's manual, section "Privileges": what reads a column for a condition needs SELECT too. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  select: ['select'],
  insert: ['insert'],
  update: ['select', 'update'],
  delete: ['select', 'delete'],
  merge: ['select', 'insert', 'update', 'delete'],
  truncate: ['truncate'],
};

/** Follows a script's statements, so that a refusal can be told by role and privilege. */
export class RefusalWitness {
  #role: string | undefined;
  #sql = '';

  /** @param role whom the session began as; undefined = not known */
  constructor(role: string | undefined) {
    this.#role = role;
  }

  sent(sql: string): void {
    this.#sql = sql;
    const [, role] = SET_ROLE.exec(sql) ?? [];
    if (role !== undefined) this.#role = role.replace(/^["']|["']$/g, '').replaceAll('""', '"');
    if (RESET_ROLE.test(sql)) this.#role = undefined;
  }

  /** Undefined where it was no refusal, or where no role can be named. */
  refusal(thrown: unknown): Refusal | undefined {
    if (!(thrown instanceof pg.DatabaseError) || thrown.code !== '42501' || this.#role === undefined)
      return undefined;
    const object = /^permission denied for \w+ (.+)$/.exec(thrown.message)?.[1];
    const privileges = object === undefined ? [] : privilegesFor(this.#sql, object);
    return privileges.length === 0 ? undefined : { role: this.#role, privileges };
  }
}

function privilegesFor(sql: string, object: string): string[] {
  const found = new Set<string>();
  const targets = sql.matchAll(
    /\b(insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/gi,
  );
  for (const [, command = '', target = ''] of targets) {
    if (nameOf(target) !== object) continue;
    const [verb = ''] = command.toLowerCase().split(/\s/);
    for (const privilege of NEEDS[verb] ?? []) found.add(privilege);
    if (verb === 'insert' && /\breturning\b|\bon\s+conflict\b/i.test(sql)) found.add('select');
    if (verb === 'insert' && /\bdo\s+update\b/i.test(sql)) found.add('update');
  }
  if (found.size === 0 && /^\s*(select|with|table|insert|update|delete|merge)\b/i.test(sql)) {
    found.add('select');
    if (/\bfor\s+(no\s+key\s+update|update|key\s+share|share)\b/i.test(sql)) found.add('update');
  }
  const order = ['select', 'insert', 'update', 'delete', 'truncate'];
  return order.filter((privilege) => found.has(privilege));
}

/** A relation's own name, without its schema and quotes. */
function nameOf(target: string): string {
  const last = target.match(/"[^"]+"|\w+/g)?.at(-1) ?? '';
  return last.startsWith('"') ? last.slice(1, -1) : last.toLowerCase();
}
