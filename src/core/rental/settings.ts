import { z } from 'zod';
import type { Setting } from '../setting.ts';

/** Below the length of a term, so that a renewal in grace always reaches beyond the moment it is paid at. */
const MOST_GRACE_DAYS = 28;

export const rentalTerms: Setting<{ graceDays: number }> = {
  key: 'rental.terms',
  schema: z.object({ graceDays: z.number().int().min(0).max(MOST_GRACE_DAYS) }),
  fallback: { graceDays: 3 },
};
