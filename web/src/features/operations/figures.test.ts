import { expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import { byDepartment, goodShare, ordersOf } from './figures';

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
