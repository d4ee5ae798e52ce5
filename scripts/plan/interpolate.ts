import { registerSecret } from '../shared/redact.ts';

/** The value of a name in `.env` and the environment; undefined where it is set nowhere. */
export type Lookup = (name: string) => string | undefined;

export interface Interpolation {
  readonly text: string;
  /** The names that were found, with their values. */
  readonly used: Readonly<Record<string, string>>;
  readonly mistakes: readonly { readonly name: string; readonly message: string }[];
}

/**
 * Replaces each `${NAME}`; `$${` stands for `${`. Every value that comes in is registered as a secret; a name that cannot be
 * replaced stays as it is and is a mistake.
 */
export function interpolate(text: string, lookup: Lookup): Interpolation {
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
      const value = lookup(name);
      if (value === undefined) {
        mistakes.push({
          name,
          message: `\${${name}} is not set; put ${name}=… into .env or set it in the environment`,
        });
        return whole;
      }
      registerSecret(value);
      used[name] = value;
      return value;
    },
  );
  return { text: replaced, used, mistakes };
}
