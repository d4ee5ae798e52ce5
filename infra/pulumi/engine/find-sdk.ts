import { createRequire } from 'node:module';

/** Those of Pulumi's packages that are not installed: a project that has ours needs them only for hosts made by Pulumi. */
export function missingSdk(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return ['@pulumi/pulumi', '@pulumi/command'].filter((name) => {
    try {
      return resolve(`${name}/package.json`) === '';
    } catch {
      return true;
    }
  });
}
