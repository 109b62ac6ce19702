import { expect, it } from 'vitest';
import { TOKENS } from '../theme/tokens';
import { around, type Band, drawn, leadMs, replayOption } from './replay';

const times = Array.from({ length: 11 }, (_, hour) => `2026-09-30T${String(hour).padStart(2, '0')}:00:00Z`);
const band = (from: string, to?: string): Band => ({
  from: `2026-09-${from}:00Z`,
  to: to ? `2026-09-${to}:00Z` : null,
  kind: 'fired',
});
const style = {
  tokens: TOKENS.light,
  moment: (iso: string) => iso,
  figure: String,
  axis: String,
  hatch: () => 'hatched',
  words: String,
};
const spans = (bands: Band[]) => drawn(bands, times).map(({ from, to }) => [from, to]);

it('draws bands between evaluations, clipped to what is shown', () => {
  expect(spans([band('30T02:00', '30T05:00')])).toEqual([[2, 5]]);
  expect(spans([band('30T02:10', '30T02:20')])).toEqual([[3, 4]]); // shorter than a step
  expect(spans([band('29T12:00', '30T01:30')])).toEqual([[0, 2]]);
  expect(spans([band('30T08:00')])).toEqual([[8, 10]]); // lasts
  expect(spans([band('30T10:00')])).toEqual([[9, 10]]); // began just now
  expect(spans([band('29T01:00', '29T02:00'), band('30T12:00')])).toEqual([]);
  expect(drawn([band('30T02:00')], [])).toEqual([]);
});

it('names a band only where its words have room', () => {
  const close = [band('30T05:10', '30T05:20'), band('30T05:00', '30T05:05'), band('30T08:00')];
  const many = Array.from({ length: 101 }, (_, i) =>
    new Date(Date.parse('2026-09-30T00:00:00Z') + i * 360_000).toISOString(),
  );
  expect(drawn(close, many).map(({ isNamed }) => isNamed)).toEqual([true, false, true]);
});

it('draws silences as a strip along the bottom, without words', () => {
  const bands: Band[] = [{ ...band('30T02:00', '30T05:00'), kind: 'silent' }, band('30T03:00', '30T04:00')];
  const line = { name: 'x', values: times.map((_, hour) => hour * 10), isMain: true };
  const option = replayOption({ times, lines: [line], thresholds: [], bands }, style);
  const [silent, fired] = [{ xAxis: 2, yAxis: 0, itemStyle: { color: 'hatched' } }, { xAxis: 3 }];
  expect(option.series).toMatchObject([
    {
      markArea: {
        data: [
          [
            { ...silent, label: { show: false } },
            { xAxis: 5, yAxis: 106 * 0.07 },
          ],
          [fired, { xAxis: 4 }],
        ],
      },
    },
  ]);
  expect(drawn(bands, times).map(({ isNamed }) => isNamed)).toEqual([false, true]);
});

it('keeps every threshold inside the chart', () => {
  const line = { name: 'x', values: [10, null, 20], isMain: true };
  const thresholds = [{ value: 200, words: '阈值 200', kind: 'own' as const }];
  const option = replayOption({ times: times.slice(0, 3), lines: [line], thresholds, bands: [] }, style);
  expect(option.yAxis).toMatchObject({ min: 0, max: 200 + 190 * 0.06 });
  expect(option.series).toMatchObject([{ data: [10, null, 20], markLine: { data: [{ yAxis: 200 }] } }]);
});

it('looks back further for rules of days than for rules of hours', () => {
  expect(['2h', '23h', '24h', '30d', null].map((last) => leadMs(last) / 3_600_000)).toEqual([12, 12, 84, 84, 84]);
});

it('shows an episode from before it fired until after it ended, never the future', () => {
  const [fired_at, now] = ['2026-09-30T04:00:00Z', new Date('2026-09-30T12:00:00Z')];
  const shown = (resolved_at: string | null) => around({ fired_at, resolved_at }, 12 * 3_600_000, now);
  const from = '2026-09-29T16:00:00.000Z';
  expect(shown(null)).toEqual({ from, to: now.toISOString() });
  expect(shown('2026-09-30T05:00:00Z')).toEqual({ from, to: '2026-09-30T08:00:00.000Z' });
  expect(shown('2026-09-30T11:00:00Z')).toEqual({ from, to: now.toISOString() });
});
