import { redact } from '../../scripts/shared/text/redact.ts';
import type { Backend } from './chosen-backend.ts';
import type { EngineFile } from './engine/find-cli.ts';
import { PROJECT } from './project-name.ts';

/**
 * What to tell where the hosts of a run are gone, but not its entry in the user's backend: that and the command that removes
 * it, once the backend answers. The command needs neither the run's folder nor its passphrase.
 * @param why what stood in the way
 */
export function stackRemains(
  runId: string,
  { url }: Backend,
  { why, pulumi }: { readonly why: string; readonly pulumi: Pick<EngineFile, 'origin'> | undefined },
): string {
  const cli = pulumi?.origin === 'path' ? 'pulumi' : 'npm run -s pulumi --';
  // A password of the URL is not shown, and a URL without it would be another one.
  const shown = redact(url) === url ? `PULUMI_BACKEND_URL=${quoted(url)} ` : '';
  // Other backends than the Pulumi Cloud know one organisation, of this name.
  const organisation = /^https?:/.test(url) ? '<your organization>' : 'organization';
  const command = `${shown}${cli} stack rm --force --yes --stack ${organisation}/${PROJECT}/${runId}`;
  return `the hosts of ${runId} are gone, its stack is still on record (${redact(why)}); when the backend answers: ${command}`;
}

function quoted(url: string): string {
  return /^[\w:/.~-]+$/.test(url) ? url : `'${url.replaceAll("'", String.raw`'\''`)}'`;
}
