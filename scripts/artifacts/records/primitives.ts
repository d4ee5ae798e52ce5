import { z } from 'zod';
import { isMoment } from '../../shared/moments.ts';

export const text = z.string();
export const number = z.number();
/** Milliseconds from the run's zero, or for how long. */
export const moment = number.refine(isMoment, 'is no moment of a run');
