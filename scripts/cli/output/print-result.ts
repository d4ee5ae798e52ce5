import type { Result } from '../../checks/result/contract/result.ts';
import type { CliContext } from '../context.ts';

/** The end of `run` and `report`: the verdict on stdout, or with `json` the result there and the verdict on stderr. */
export async function printResult(
  { io, out }: CliContext,
  result: Result,
  { runPath, json = false }: { runPath: string; json?: boolean | undefined },
): Promise<void> {
  const { renderVerdict } = await import('../../report/verdict.ts');
  const color = json ? out.colorErr : out.colorOut;
  const verdict = renderVerdict(result, { color, runPath, width: io.columns }).trimEnd();
  if (json) {
    out.note(verdict);
    out.document(result);
  } else {
    if (io.isTTY) out.note('');
    out.result(verdict);
  }
}
