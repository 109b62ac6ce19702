import { expect, it } from 'vitest';
import type { Answer } from '../../charts/answer';
import { beforeOf, courseOf, lengthOf, overOf } from './compare';

const calls: Answer = {
  columns: [{ name: 'calls', role: 'metric', type: 'integer', title: { zh: '诉求', en: 'Calls' }, is_ordered: false }],
  data: [[42]],
  query: { metrics: ['calls'], range: { last: '7d' } },
  row_count: 1,
  labels: {},
  period: { start: '2026-09-25T00:00:00', end: '2026-10-02T00:00:00' },
  sql: '',
  versions: {},
  as_of: '2026-10-01T01:30:00Z',
  reached: '2026-10-01T09:30:00',
  limited: [],
  cached: false,
};

it('compares a span that goes on with as much of the one before', () => {
  expect(beforeOf(calls)?.range).toEqual({ from: '2026-09-18T00:00:00', to: '2026-09-24T09:30:00' });
});

it.each(['2026-10-03T00:00:00', '2026-09-20T00:00:00', null])(
  'compares whole spans where data reaches %s',
  (reached) => {
    expect(beforeOf({ ...calls, reached })?.range).toEqual({ from: '2026-09-18T00:00:00', to: '2026-09-25T00:00:00' });
  },
);

it('draws a course of days that are over', () => {
  const course = courseOf(calls);
  expect(course?.grain).toBe('day');
  const days = ['2026-09-29', '2026-09-30', '2026-10-01'];
  expect(overOf({ ...calls, query: { grain: 'day' }, data: [days, [5, 6, 1]] }, [5, 6, 1])).toEqual([5, 6]);
});

it('says how long a span is', () => {
  expect(lengthOf(calls)).toEqual({ unit: 'days', count: 7 });
  expect(lengthOf({ ...calls, period: { start: '2026-10-01T08:00:00', end: '2026-10-01T10:00:00' } })).toEqual({
    unit: 'hours',
    count: 2,
  });
  expect(lengthOf({ ...calls, period: null })).toBeUndefined();
});
