import { expect, describe as group, it } from 'vitest';
import { TOKENS } from '../theme/tokens';
import type { Answer, AnswerColumn } from './answer';
import { namesAxis } from './frame';
import { describe, optionOf } from './options';

const style = { lang: 'zh', t: (key: string) => key, tokens: TOKENS.light } as const;

function column(name: string, role: string, more: Partial<AnswerColumn> = {}): AnswerColumn {
  return { name, role, type: 'x', title: { zh: name, en: name }, unit: null, format: null, is_ordered: false, ...more };
}

function answer(columns: AnswerColumn[], data: unknown[][], query: Record<string, unknown> = {}): Answer {
  return {
    columns,
    data,
    query,
    row_count: data[0]?.length ?? 0,
    labels: { district: { a: { zh: '云中区', en: 'Yunzhong' } } },
    period: null,
    sql: '',
    versions: {},
    as_of: null,
    reached: null,
    limited: [],
    cached: false,
  };
}

const byDay = answer(
  [column('time', 'time'), column('speed', 'metric', { unit: { zh: 'km/h', en: 'km/h' }, format: 'decimal' })],
  [
    ['2026-09-01T00:00:00+08:00', '2026-09-02T00:00:00+08:00'],
    [28.4, null],
  ],
  { grain: 'day' },
);

const byDistrict = answer(
  [column('district', 'dimension', { codes: 'district' }), column('calls', 'metric')],
  [
    ['a', null],
    [428, 12],
  ],
);

group('optionOf', () => {
  it('draws a line over the periods, with gaps where nothing is known', () => {
    const option = optionOf(byDay, 'line', style);
    expect(option).toMatchObject({
      xAxis: { data: ['09-01', '09-02'] },
      series: [{ type: 'line', name: 'speed', data: [{ value: 28.4 }, { value: null }], connectNulls: false }],
      legend: { show: false },
    });
  });

  it('goes on dashed into a day that is not over, and says so under the pointer', () => {
    const today = { ...byDay, data: [byDay.data[0] ?? [], [28.4, 12]], reached: '2026-09-02T09:30:00' };
    const { series } = optionOf(today, 'line', style);
    expect(series).toMatchObject([
      { data: [{ value: 28.4 }, { value: null }], lineStyle: { width: 2 } },
      { data: [{ value: 28.4 }, { value: 12 }], lineStyle: { type: 'dashed' }, tooltip: { show: false } },
      { data: [{ value: null }, { value: 12 }], lineStyle: { width: 0 }, showSymbol: true },
    ]);
    const tip = Array.isArray(series) ? series[2]?.tooltip : undefined;
    expect(tip).toHaveProperty('valueFormatter');
    expect(optionOf(today, 'stacked', style)).toMatchObject({
      series: [{ data: [{ value: 28.4 }, { value: 12, itemStyle: { opacity: 0.5 } }] }],
    });
  });

  it('draws horizontal bars with labels of codes and the raw value for filters', () => {
    expect(optionOf(byDistrict, 'bar', style)).toMatchObject({
      yAxis: { data: ['云中区', 'chart.missing'], inverse: true },
      series: [
        {
          type: 'bar',
          data: [
            { value: 428, category: 'a' },
            { value: 12, category: null },
          ],
        },
      ],
    });
  });

  it('puts the largest of plain names first, and keeps an order that was asked for', () => {
    const roads = (query: Record<string, unknown>) =>
      answer(
        [column('road', 'dimension', { type: 'text' }), column('calls', 'metric')],
        [
          ['a', 'b', 'c'],
          [3, null, 9],
        ],
        query,
      );
    expect(optionOf(roads({}), 'bar', style)).toMatchObject({
      yAxis: { data: ['c', 'a', 'b'] },
      series: [{ data: [{ value: 9, category: 'c' }, { value: 3 }, { value: null }] }],
    });
    const asked = roads({ order: [{ by: 'road' }] });
    expect(optionOf(asked, 'bar', style)).toMatchObject({ yAxis: { data: ['a', 'b', 'c'] } });
  });

  it('keeps the order of a table that has one, along the axis and among the series', () => {
    const names = { low: { zh: '轻微', en: 'Minor' }, high: { zh: '严重', en: 'Serious' } };
    const severity = column('severity', 'dimension', { type: 'text', codes: 'severity', is_ordered: true });
    const bars = {
      ...answer(
        [severity, column('n', 'metric')],
        [
          ['high', 'low', 'new'],
          [1, 2, 9],
        ],
      ),
      labels: { severity: names },
    };
    expect(optionOf(bars, 'bar', style)).toMatchObject({
      yAxis: { data: ['轻微', '严重', 'new'] },
      series: [{ data: [{ value: 2, category: 'low' }, { value: 1 }, { value: 9 }] }],
    });
    const stacks = answer(
      [column('road', 'dimension', { type: 'text' }), severity, column('n', 'metric')],
      [
        ['a', 'a'],
        ['high', 'low'],
        [1, 2],
      ],
    );
    expect(optionOf({ ...stacks, labels: { severity: names } }, 'stacked', style)).toMatchObject({
      series: [{ name: '轻微' }, { name: '严重' }],
    });
  });

  it('stacks the five largest and sums the rest', () => {
    const names = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'];
    const many = answer(
      [column('time', 'time'), column('kind', 'dimension'), column('n', 'metric')],
      [names.map(() => '2026-09-01T00:00:00'), names, names.map((_, i) => i + 1)],
      { grain: 'day' },
    );
    const option = optionOf(many, 'stacked', style);
    expect(option).toMatchObject({
      series: [
        { name: 'w', data: [{ value: 8 }] },
        { name: 'v' },
        { name: 'u' },
        { name: 't' },
        { name: 's' },
        { name: 'chart.others', data: [{ value: 6 }], itemStyle: { color: TOKENS.light.rest } },
      ],
    });
  });

  it('never sums what only lines show: the rest stays single and grey', () => {
    const names = ['p', 'q', 'r', 's', 't', 'u', 'v'];
    const many = answer(
      [column('time', 'time'), column('kind', 'dimension'), column('n', 'metric')],
      [names.map(() => '2026-09-01T00:00:00'), names, names.map((_, i) => i + 1)],
      { grain: 'day' },
    );
    const { series } = optionOf(many, 'line', style);
    expect(Array.isArray(series) && series.map((each) => each.name)).toEqual(['v', 'u', 't', 's', 'r', 'q', 'p']);
  });

  it('tells a name whole where it is cut, as text and not as HTML', () => {
    const { yAxis } = optionOf(byDistrict, 'bar', style);
    expect(yAxis).toMatchObject({ axisLabel: { overflow: 'truncate' }, tooltip: { show: true } });
    const whole = namesAxis([]).tooltip.formatter;
    expect(whole({ name: '云江市<第一>人民医院', isTruncated: () => true })).toBe('云江市&#60;第一&#62;人民医院');
    expect(whole({ name: '云中区', isTruncated: () => false })).toBe('');
  });

  it('spreads a heat map over both', () => {
    const heat = answer(
      [column('hour', 'dimension'), column('weekday', 'dimension'), column('n', 'metric')],
      [
        ['8', '9', '8'],
        ['1', '1', '2'],
        [5, 7, 9],
      ],
    );
    expect(optionOf(heat, 'heat', style)).toMatchObject({
      xAxis: { data: ['8', '9'] },
      yAxis: { data: ['1', '2'] },
      visualMap: { min: 5, max: 9 },
      series: [{ data: [{ value: [0, 0, 5] }, { value: [1, 0, 7] }, { value: [0, 1, 9] }, { value: [1, 1, '-'] }] }],
    });
  });

  it('shows shares of the whole, largest first', () => {
    expect(optionOf(byDistrict, 'pie', style)).toMatchObject({
      series: [
        {
          type: 'pie',
          data: [
            { name: '云中区', value: 428 },
            { name: 'chart.missing', value: 12 },
          ],
        },
      ],
    });
  });

  it('draws thresholds with their words', () => {
    const option = optionOf(byDay, 'line', { ...style, thresholds: [{ value: 20, words: '拥堵' }] });
    expect(option).toMatchObject({ series: [{ markLine: { data: [{ yAxis: 20, label: { formatter: '拥堵' } }] } }] });
  });
});

it('describes a chart in words', () => {
  expect(describe(byDistrict, 'bar', style)).toEqual({
    kind: 'chart.bar',
    count: 1,
    series: 'calls',
    high: '428',
    low: '12',
  });
});
