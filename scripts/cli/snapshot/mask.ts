import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MaskRules } from '../../plan/mask/mask-rules.ts';
import { asError, EXIT, InputError, RehearsalError } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import { maskKey } from '../../snapshot/mask/mask-key.ts';
import { snapshotPieces } from '../../snapshot/mask/masked-source.ts';
import { Masking } from '../../snapshot/mask/masking.ts';
import { readGreenmask } from '../../snapshot/mask/others/greenmask.ts';
import type { Wish } from '../../snapshot/mask/others/wish.ts';
import { rulesText, suggestRules } from '../../snapshot/mask/suggest.ts';
import { shownSource } from '../../snapshot/restore.ts';
import type { CliContext } from '../context.ts';
import { readChecked } from '../read-checked.ts';
import { ownFolder } from '../rehearsal-dir.ts';
import { abortOnSignals } from '../run/interrupt.ts';

interface MaskOptions {
  /** Print rules instead of naming what lacks one. */
  readonly suggest: boolean;
  /** Greenmask's configuration, relative to the caller's folder. */
  readonly from: string | undefined;
}

const NO_RULES: MaskRules = { shown: 'mask.yaml', sha256: '', columns: [], keep: [] };

/**
 * Reads all of the snapshot, sends none of it anywhere, and tells what looks personal.
 * @throws InputError where such a column has no rule, and for rules that do not fit; USAGE for a snapshot that is no dump
 */
export async function maskSnapshot(
  dir: string | undefined,
  { suggest, from }: MaskOptions,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  if (from !== undefined && !suggest)
    throw new RehearsalError('USAGE', '--from is for --suggest', {
      hint: `rehearse snapshot mask --suggest --from ${from} prints rules; write them into the file that snapshot.mask names`,
    });
  const rehearsal = await readChecked(dir === undefined ? ownFolder(io.cwd) : resolve(io.cwd, dir), io);
  const { snapshot, postgres } = rehearsal;
  if (snapshot.kind !== 'file' && snapshot.kind !== 'remote')
    throw new RehearsalError(
      'USAGE',
      `a snapshot by a ${snapshot.kind} is no dump: nothing of it is masked`,
      {
        hint: 'masking is for snapshot.source',
      },
    );
  const wishes = from === undefined ? [] : await wishesOf(resolve(io.cwd, from), from);
  const shown = shownSource(snapshot, rehearsal.dir);
  const rules = snapshot.mask ?? NO_RULES;
  const masking = new Masking({ rules, key: maskKey(io.env), shown });
  const stop = new AbortController();
  const release = abortOnSignals(context, stop, () => undefined);
  const { signal } = stop;
  try {
    const pieces = snapshotPieces(snapshot, { shown, signal, serverMajor: postgres.version ?? 0 });
    await masking.survey(pieces, signal);
  } finally {
    release();
  }
  if (suggest) {
    const suggested = suggestRules({
      findings: masking.findings.all,
      shapes: masking.shapes,
      given: rules.columns,
      wishes: [...masking.labels.wishes, ...wishes],
    });
    out.result(rulesText(suggested, shown).trimEnd());
    return EXIT.ok;
  }
  const mistakes = [...masking.ruleMistakes(), ...masking.findings.mistakes(rules.shown)];
  if (mistakes.length > 0) throw new InputError(mistakes);
  out.result(`${plural(rules.columns.length, 'rule')}; no other column looks personal`);
  return EXIT.ok;
}

async function wishesOf(path: string, shown: string): Promise<Wish[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new RehearsalError('USAGE', `--from ${shown} cannot be read: ${asError(error).message}`);
  });
  return readGreenmask(text, shown);
}
