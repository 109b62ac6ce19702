/** The questions beside a figure: what it was in the span before, and how it went within its own. */
import type { Answer } from '../../charts/answer';
import { localMs, unfinishedFrom } from '../../charts/unfinished';
import { type Query, queryOf } from '../../query/model';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Span {
  start: string;
  /** Until where there is data: the end, or what is reached of a span that goes on. */
  until: number;
  length: number;
}

/** The same query over as much of the span just before; undefined where there is none. */
export function beforeOf(answer: Answer): Query | undefined {
  const span = spanOf(answer);
  if (!span) return undefined;
  const from = localMs(span.start) - span.length;
  return { ...queryOf(answer.query), range: { from: localOf(from), to: localOf(span.until - span.length) } };
}

/** The same query by hour, day or week, so that a dozen or more points make a line. */
export function courseOf(answer: Answer): Query | undefined {
  const span = spanOf(answer);
  if (!span) return undefined;
  const days = span.length / DAY_MS;
  const grain = days <= 2 ? 'hour' : days <= 92 ? 'day' : 'week';
  return { ...queryOf(answer.query), grain, order: [], limit: null };
}

/** The values of a course's periods that are over: a last one half full would look like a fall. */
export function overOf(course: Answer, values: readonly (number | null)[]): (number | null)[] {
  const { grain } = course.query;
  const starts = (course.data[0] ?? []).map(String);
  return values.slice(0, unfinishedFrom(starts, typeof grain === 'string' ? grain : null, course.reached));
}

/** How long the answer's span is, to be said: `{ count: 7, unit: 'days' }`; undefined for all time. */
export function lengthOf(answer: Answer): { count: number; unit: 'hours' | 'days' } | undefined {
  const span = spanOf(answer);
  if (!span) return undefined;
  const isShort = span.length % DAY_MS !== 0 || span.length === DAY_MS;
  return isShort
    ? { count: Math.round(span.length / HOUR_MS), unit: 'hours' }
    : { count: Math.round(span.length / DAY_MS), unit: 'days' };
}

function spanOf({ period, reached, columns, row_count: count }: Answer): Span | undefined {
  const isFigure = count === 1 && columns.every(({ role }) => role === 'metric');
  if (!isFigure || !period?.start || !period.end) return undefined;
  const [start, end] = [localMs(period.start), localMs(period.end)];
  if (end <= start) return undefined;
  const known = reached ? localMs(reached) : end;
  return { start: period.start, until: known > start && known < end ? known : end, length: end - start };
}

function localOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
