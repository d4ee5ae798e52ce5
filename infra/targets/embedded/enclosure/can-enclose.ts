import { newRunId } from '../../../../scripts/artifacts/run-id.ts';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { Availability } from '../../../contract/target.ts';
import { runDirOf } from '../run-dir.ts';
import { encloseBeside, REMEDY } from './enclose.ts';

/** Every network has its own ports: this one is free. */
const PORT = 5432;

/** Can commands be held to one port here? One enclosure is made and closed again. */
export async function canEnclose(): Promise<Availability> {
  try {
    const enclose = encloseBeside(runDirOf(newRunId('probe')));
    const enclosure = await enclose(PORT, new AbortController().signal);
    enclosure.listener.close();
    await enclosure.close();
    return { available: true, detail: 'commands get a network of their own' };
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return { available: false, why: error.message, remedy: error.hint ?? REMEDY };
  }
}
