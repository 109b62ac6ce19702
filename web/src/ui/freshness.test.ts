import { expect, it } from 'vitest';
import { freshnessOf } from './freshness';

const NOW = new Date('2026-10-01T00:00:00Z');

it.each([
  ['2026-09-30T12:00:00Z', null, 'day'],
  ['2026-09-26T12:00:00Z', '2026-09-30T23:00:00Z', 'week'],
  ['2026-01-01T00:00:00Z', null, 'older'],
  [null, '2026-09-30T23:00:00Z', 'day'],
  [null, null, 'none'],
])('newest %s, loaded %s is %s', (newest, as_of, step) => {
  expect(freshnessOf({ newest, as_of }, NOW).step).toBe(step);
});
