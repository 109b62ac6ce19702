import { oneOf, text, viewOf } from '../../routing/search';
import type { Definition } from './queries';

export const TABS = ['firing', 'rules', 'history'] as const;
export const PAST = ['24h', '7d', '14d', '30d'] as const;
export type Past = (typeof PAST)[number];
export const alertsView = viewOf({ tab: oneOf(TABS, 'firing'), q: text() });
/** `place` is the JSON of the place whose line is looked at; empty: the one that matters most. */
export const alertView = viewOf({ past: oneOf(['', ...PAST], ''), threshold: text(), place: text() });

/** Length of each, days of 24 hours; ranges of whole hours and days are a little shorter. */
export const PAST_DAYS: Record<Past, number> = { '24h': 1, '7d': 7, '14d': 14, '30d': 30 };

/** What was chosen; else a day for rules that look back over hours, a week for the others. */
export function pastOf(chosen: '' | Past, { query }: Definition): Past {
  if (chosen) return chosen;
  const [, count = '7', unit = 'd'] = /^(\d+)([a-z])$/.exec(query.range?.last ?? '') ?? [];
  return unit === 'h' && Number(count) < 24 ? '24h' : '7d';
}
