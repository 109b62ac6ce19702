import { expect, it } from 'vitest';
import { dayAfter, queryOf, rangeOf, rangeText, withFilter } from './model';
import { layOut } from './sql';
import { exploreSearch, exploreStateOf, exploreView, queryOfState } from './view';

it.each(['7d', '12m', 'this-month', 'previous-week', '2026-09-01..2026-09-08', '2026-09-01..', '..2026-09-08'])(
  'reads the range %s and writes it again',
  (text) => {
    expect(rangeText(rangeOf(text))).toBe(text);
  },
);

it.each(['', 'soon', '0d', 'this-fortnight', 'x..y'])('takes %o for no range', (text) => {
  expect(rangeOf(text)).toBeNull();
});

it('keeps a query through the URL', () => {
  const query = queryOf({
    metrics: ['visits'],
    by: ['district'],
    range: { last: '7d' },
    filters: [{ dimension: 'district', op: 'in', values: ['临湖区'] }],
    order: [{ by: 'visits', descending: true }],
    limit: 10,
  });
  const search = exploreSearch(query, 'bar');
  expect(search).not.toHaveProperty('grain');
  expect(queryOfState(exploreStateOf(exploreSearch(query)))).toEqual(query);
  expect(exploreView.read(JSON.parse(JSON.stringify(search)))).toEqual(search);
});

it('leaves out what is not a query', () => {
  expect(queryOf({ metrics: [1, 'a'], filters: [{ op: '=' }, 'x'], order: 3, grain: 'blink' })).toMatchObject({
    metrics: ['a'],
    filters: [],
    order: [],
    grain: null,
  });
});

it('has one filter of each dimension, none when it has no values', () => {
  const one = withFilter([], { dimension: 'road', op: 'in', values: ['a'] });
  expect(withFilter(one, { dimension: 'road', op: 'in', values: ['b'] })).toEqual([
    { dimension: 'road', op: 'in', values: ['b'] },
  ]);
  expect(withFilter(one, { dimension: 'road', op: 'in', values: [] })).toEqual([]);
});

it('counts days over the end of a month', () => {
  expect(dayAfter('2026-09-30')).toBe('2026-10-01');
  expect(dayAfter('2026-10-01T00:00:00', -1)).toBe('2026-09-30');
});

it('lays SQL out, and leaves words in quotes alone', () => {
  expect(layOut(`WITH "f" AS (SELECT COUNT(*) AS "n" FROM t WHERE x = 'FROM here') SELECT "n" FROM "f"`)).toBe(
    [
      'WITH "f" AS (',
      '  SELECT COUNT(*) AS "n"',
      '  FROM t',
      "  WHERE x = 'FROM here'",
      ')',
      'SELECT "n"',
      'FROM "f"',
    ].join('\n'),
  );
});
