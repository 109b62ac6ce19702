/** How old data is, in three steps that lists filter by, and how good. Pure. */
import type { Tone } from './StatusTag';

export const FRESHNESS = ['day', 'week', 'older', 'none'] as const;
export type Freshness = (typeof FRESHNESS)[number];

/** Below this share of good rows a dataset is marked as poor. */
export const POOR = 0.95;

const DAY_MS = 86_400_000;

/** `newest` is the highest value of the time field; datasets without one are as old as their last load. */
export function freshnessOf(
  { newest, as_of }: { newest: string | null; as_of: string | null },
  now: Date,
): { step: Freshness; at: string | null } {
  const at = newest ?? as_of;
  if (!at) return { step: 'none', at: null };
  const age = now.getTime() - new Date(at).getTime();
  return { step: age <= DAY_MS ? 'day' : age <= 7 * DAY_MS ? 'week' : 'older', at };
}

export const FRESHNESS_TONE: Record<Freshness, Tone> = { day: 'good', week: 'info', older: 'warning', none: 'neutral' };
