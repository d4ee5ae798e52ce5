import { createHash } from 'node:crypto';
import type { Finding } from '../checks/result/contract/result.ts';
import { blamedStatement } from '../report/facts/facts.ts';
import { placeOf, type Publication } from './publication.ts';

const DIGITS = 32;

/**
 * One for each finding, in their order: the same from run to run while check, file and statement stay, whatever line it moves to, and
 * whatever was measured. Findings that are alike in all of it are numbered, `<hash>:2`.
 */
export function fingerprints(publication: Publication): string[] {
  const seen = new Map<string, number>();
  return publication.result.findings.map((finding) => {
    const hash = hashOf(publication, finding);
    const occurrence = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, occurrence);
    return `${hash}:${occurrence}`;
  });
}

function hashOf(publication: Publication, finding: Finding): string {
  const { result } = publication;
  const sql = blamedStatement(result, finding)?.statement.sql ?? finding.step ?? '';
  const { path } = placeOf(publication, finding);
  const parts = [result.rehearsal, finding.check, path, sql.replace(/\s+/g, ' ').trim().toLowerCase()];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, DIGITS);
}
