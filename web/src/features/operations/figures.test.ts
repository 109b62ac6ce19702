import { expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import { byDepartment, dayBefore, goodShare, lastDayOf, ordersOf } from './figures';

function dataset(changes: Partial<Schema<'DatasetBody'>>): Schema<'DatasetBody'> {
  return {
    name: 'a',
    title: { zh: '甲', en: 'A' },
    description: null,
    owner: 'transport',
    level: 1,
    sharing: 'conditional',
    time: null,
    key: [],
    fields: [],
    rows: 0,
    version: 1,
    as_of: null,
    newest: null,
    quality: null,
    quarantined: 0,
    sources: [],
    rules: [],
    ...changes,
  };
}

const BATCH: Schema<'BatchBody'> = {
  number: 1,
  batch: 'b',
  dataset: 'a',
  source: 's',
  kind: 'load',
  status: 'published',
  redelivered: false,
  version: 1,
  read: 12,
  good: 10,
  quarantined: 2,
  duplicate: 0,
  inserted: 10,
  updated: 0,
  rules: {},
  flags: {},
  repaired: 0,
  missing: [],
  extra: [],
  files: [],
  seconds: 1,
  started_at: null,
  finished_at: null,
};

it('weighs quality by rows, and knows none before the first batch', () => {
  expect(goodShare([dataset({ rows: 300, quality: 1 }), dataset({ rows: 100, quality: 0.6 })])).toBeCloseTo(0.9);
  expect(goodShare([dataset({})])).toBeNull();
});

it('counts orders that are still open', () => {
  const board = [
    { department: 'a', status: 'open', orders: 2 },
    { department: 'b', status: 'accepted', orders: 1 },
    { department: 'b', status: 'finished', orders: 4 },
    { department: 'b', status: 'cancelled', orders: 8 },
  ] as const;
  expect(ordersOf(board)).toEqual({ open: 3, finished: 4 });
});

it('puts the department with the oldest news first', () => {
  const found = byDepartment(
    [dataset({ newest: '2026-09-30T00:00:00Z' }), dataset({ owner: 'water', newest: '2026-08-01T00:00:00Z' })],
    new Date('2026-09-30T12:00:00Z'),
  );
  expect(found.map((each) => [each.owner, each.datasets[0]?.step])).toEqual([
    ['water', 'older'],
    ['transport', 'day'],
  ]);
});

it('counts only what the last day brought, and leaves out what may not be known', () => {
  const since = dayBefore(new Date('2026-09-30T12:40:00Z'));
  expect(since).toBe('2026-09-29T12:00:00.000Z');
  const batch = (finished_at: string, status: string) => ({ ...BATCH, finished_at, status });
  const batches = [
    batch('2026-09-30T01:00:00Z', 'published'),
    batch('2026-09-30T01:00:00Z', 'held'),
    batch('2026-09-29T11:59:00Z', 'published'),
  ];
  expect(lastDayOf({ batches }, since)).toEqual({ isMore: false, rows: 10, aside: 2 });
});
