import { expect, it } from 'vitest';
import { unfinishedFrom } from './unfinished';

const DAYS = ['2026-09-28', '2026-09-29', '2026-09-30'];

it.each([
  ['day', DAYS, '2026-09-30T09:30:00', 2],
  ['day', DAYS, '2026-10-01T00:00:00', undefined],
  ['day', DAYS, '2026-09-29T12:00:00', 1],
  ['day', DAYS, '2026-08-01T00:00:00', undefined],
  ['hour', ['2026-09-30T08:00:00', '2026-09-30T09:00:00'], '2026-09-30T09:30:00', 1],
  ['week', ['2026-09-21', '2026-09-28'], '2026-09-30T09:30:00', 1],
  ['month', ['2026-08-01', '2026-09-01'], '2026-09-30T09:30:00', 1],
  ['month', ['2026-08-01', '2026-09-01'], '2026-10-01T00:00:00', undefined],
  ['year', ['2026-01-01'], '2026-10-01T00:00:00', 0],
  ['day', DAYS, null, undefined],
  [null, [], '2026-09-30T09:30:00', undefined],
])('finds the %s that goes on', (grain, starts, reached, place) => {
  expect(unfinishedFrom(starts, grain, reached)).toBe(place);
});
