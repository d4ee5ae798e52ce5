import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { registerSecret } from '../../../scripts/shared/text/redact.ts';
import { standingOf } from '../../claims/claim.ts';
import type { DriverEnvironment, HourlyPrice, Lap } from '../../contract/target.ts';
import type { HostOutput } from '../../environment-stack.ts';
import { sessionFolderOf, type SessionFolder } from '../session-folder.ts';
import { findSession } from '../session-record.ts';

/** Beside the key of the hosts, and as private: the engine's way to them and the password of the server stand in it. */
const FILE = 'loan.json';

const lapSchema = z.object({
  id: z.string(),
  position: z.int().positive(),
  of: z.int().positive(),
  bootMs: z.number(),
  freshMs: z.number(),
  until: z.iso.datetime(),
}) satisfies z.ZodType<Lap>;
const loanSchema = z.object({
  lap: lapSchema,
  price: z
    .custom<Omit<HourlyPrice, 'estimate'>>((value) => typeof value === 'object' && value !== null)
    .nullable(),
  // Written by the process that started this one, as it has it.
  environment: z.custom<LentFacts>((value) => typeof value === 'object' && value !== null),
  hosts: z.array(z.custom<HostOutput>((value) => typeof value === 'object' && value !== null)).readonly(),
});

/** An environment without what lives in the process that made it. */
type LentFacts = Omit<DriverEnvironment, 'enclose' | 'failed' | 'lender' | 'price'>;

/** What a process that did not make an environment has to know of it to rehearse there. */
export interface Loan {
  readonly lap: Lap;
  /** Of the whole environment; null = nothing is rented. */
  readonly price: Omit<HourlyPrice, 'estimate'> | null;
  readonly environment: LentFacts;
  readonly hosts: readonly HostOutput[];
}

/** For this user's eyes only; the one before is lent no more. */
export async function writeLoan(
  { path }: SessionFolder,
  { lap, price, environment, hosts }: Omit<Loan, 'environment'> & { readonly environment: DriverEnvironment },
): Promise<void> {
  // Its price is told by the loan: the environment's own is that of all who share it.
  const lent = { ...environment, enclose: undefined, failed: undefined, lender: undefined, price: undefined };
  const file = join(path, FILE);
  await writeFile(`${file}.part`, JSON.stringify({ lap, price, environment: lent, hosts }), { mode: 0o600 });
  await rename(`${file}.part`, file);
}

/** @throws HOST_DIED where the environment is not there, or whoever made it is gone */
export async function readLoan(id: string, target: string): Promise<Loan> {
  const folder = await sessionFolderOf(id);
  const { claim } = await findSession(folder);
  if (claim === undefined || claim.target !== target)
    throw notThere(id, `target ${target} has none of that id`);
  if (!(await standingOf(claim)).inUse) throw notThere(id, 'the process that made it has ended');
  const text = await readFile(join(folder.path, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) throw notThere(id, 'it was never lent');
  const loan = loanSchema.parse(JSON.parse(text));
  registerSecret(loan.environment.primary.password);
  return loan;
}

function notThere(id: string, why: string): RehearsalError {
  return new RehearsalError('HOST_DIED', `environment ${id} cannot be rehearsed in: ${why}`, {
    hint: 'it is for rehearsals of the batch that made it; leave --environment out',
  });
}
