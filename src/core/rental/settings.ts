import { z } from 'zod';
import type { Setting } from '../setting.ts';

/** Below the length of a term, so that a renewal in grace always reaches beyond the moment it is paid at. */
const MOST_GRACE_DAYS = 28;

/** For how many days after the last paid one a contract still works. */
export const rentalTerms: Setting<{ graceDays: number }> = {
  key: 'rental.terms',
  schema: z.object({ graceDays: z.number().int().min(0).max(MOST_GRACE_DAYS) }),
  fallback: { graceDays: 3 },
};

/** Whether holders are reminded before their contract ends. */
export const rentalReminders: Setting<{ sent: boolean }> = {
  key: 'rental.reminders',
  schema: z.object({ sent: z.boolean() }),
  fallback: { sent: true },
};
