/** The questions beside a figure: what it was in the span before, and how it went within its own. */
import type { Answer } from '../../charts/answer';
import { type Query, queryOf } from '../../query/model';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Span {
  start: string;
  end: string;
  length: number;
}

/** The same query over the span of equal length just before; undefined where there is none. */
export function beforeOf(answer: Answer): Query | undefined {
  const span = spanOf(answer);
  if (!span) return undefined;
  return { ...queryOf(answer.query), range: { from: shifted(span.start, -span.length), to: span.start } };
}

/** The same query by hour, day or week, so that a dozen or more points make a line. */
export function courseOf(answer: Answer): Query | undefined {
  const span = spanOf(answer);
  if (!span) return undefined;
  const days = span.length / DAY_MS;
  const grain = days <= 2 ? 'hour' : days <= 92 ? 'day' : 'week';
  return { ...queryOf(answer.query), grain, order: [], limit: null };
}

/** Days of the answer's span; 1 for less. */
export function daysOf(answer: Answer): number {
  const span = spanOf(answer);
  return span ? Math.max(1, Math.round(span.length / DAY_MS)) : 0;
}

function spanOf({ period, columns, row_count: count }: Answer): Span | undefined {
  const isFigure = count === 1 && columns.every(({ role }) => role === 'metric');
  if (!isFigure || !period?.start || !period.end) return undefined;
  const length = localMs(period.end) - localMs(period.start);
  return length > 0 ? { start: period.start, end: period.end, length } : undefined;
}

/** Local times are reckoned as if in UTC: only their distance matters. */
function localMs(local: string): number {
  return Date.parse(`${local.slice(0, 19)}Z`);
}

function shifted(local: string, by: number): string {
  return new Date(localMs(local) + by).toISOString().slice(0, 19);
}
