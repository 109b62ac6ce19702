/** Periods that go on beyond the data: the last 7 days at noon, a month on its tenth. All times are local, without zone. */

const DAY_MS = 86_400_000;
const LENGTH_MS: Readonly<Record<string, number>> = { hour: 3_600_000, day: DAY_MS, week: 7 * DAY_MS };
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** Place of the first of `starts` (ascending) whose period ends after `reached`; undefined where all are over. */
export function unfinishedFrom(
  starts: readonly string[],
  grain: string | null,
  reached: string | null,
): number | undefined {
  if (!grain || !reached) return undefined;
  const until = localMs(reached);
  const place = starts.findIndex((start) => endOf(start, grain) > until);
  // Data older than all that is shown says nothing about a single period.
  return place > 0 || (place === 0 && localMs(starts[0] ?? '') <= until) ? place : undefined;
}

/** Local times are reckoned as if in UTC: only their order and distance matter. */
export function localMs(local: string): number {
  const [day = '', time = ''] = local.slice(0, 19).split(/[T ]/);
  return Date.parse(`${day}T${time || '00:00:00'}Z`);
}

function endOf(start: string, grain: string): number {
  const begin = localMs(start);
  const months = MONTHS[grain];
  if (months === undefined) return begin + (LENGTH_MS[grain] ?? 0);
  const day = new Date(begin);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, day.getUTCDate());
}
