import { isConnectionString } from '../../commands/connection-string.ts';
import { connectionPart } from '../../commands/connection-variables.ts';
import { registerSecret } from '../../shared/text/redact.ts';

/** The value of a name in `.env` and the environment; undefined where it is set nowhere. */
export type Lookup = (name: string) => string | undefined;

interface Interpolation {
  readonly text: string;
  /** The names that were found, with their values. */
  readonly used: Readonly<Record<string, string>>;
  readonly mistakes: readonly { readonly name: string; readonly message: string }[];
}

/** `value`: the name's value is put in its place. `shell`: the name stays, for the shell, which has it in its environment. */
type Placing = 'value' | 'shell';

/**
 * Replaces each `${NAME}`; `$${` stands for `${`. Every value that comes in is registered as a secret; a name that cannot be
 * replaced stays as it is and is a mistake. So is one that leads to a database: the rehearsal says where that is.
 */
export function interpolate(text: string, lookup: Lookup, placing: Placing = 'value'): Interpolation {
  const used: Record<string, string> = {};
  const mistakes: { name: string; message: string }[] = [];
  const replaced = text.replace(
    /\$(\$\{)|\$\{([^}]*)\}?/g,
    (whole: string, escaped: string | undefined, name: string) => {
      if (escaped !== undefined) return escaped;
      if (!whole.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        mistakes.push({
          name,
          message: `${whole} is not a name of the environment; write \${NAME}, or $\${ for the characters`,
        });
        return whole;
      }
      if (connectionPart(name) !== undefined) {
        mistakes.push({ name, message: ofAnotherDatabase(whole, name) });
        return whole;
      }
      const value = lookup(name);
      if (value === undefined) {
        mistakes.push({
          name,
          message: `\${${name}} is not set; put ${name}=… into .env or set it in the environment`,
        });
        return whole;
      }
      registerSecret(value);
      const wrong = wrongValue(name, value);
      if (wrong !== undefined) {
        mistakes.push({ name, message: wrong });
        return whole;
      }
      used[name] = value;
      return placing === 'shell' ? whole : value;
    },
  );
  return { text: replaced, used, mistakes };
}

function wrongValue(name: string, value: string): string | undefined {
  if (isConnectionString(value))
    return `the value of \${${name}} leads to a database of its own; in a command write $DATABASE_URL: the rehearsal sets it`;
  return value.includes('\0') ? `the value of \${${name}} holds a NUL character` : undefined;
}

function ofAnotherDatabase(whole: string, name: string): string {
  return `${whole} is a database of your environment, not the rehearsed one; in a command write $${name}: the rehearsal sets it`;
}
