/** From an answer and a kind of chart to an ECharts option. Pure: the same answer always draws the same chart. */
import { listOf } from '../i18n/texts';
import { type Answer, figure, readAnswer } from './answer';
import type { Option } from './echarts';
import {
  type ChartStyle,
  colourOf,
  frame,
  GRID,
  html,
  items,
  markLine,
  namesAxis,
  told,
  valueAxis,
  type Words,
} from './frame';
import { lineOption } from './line';
import { lying, mergedRest, moveCategories, type Pivot, pivotOf } from './series';

/** Kinds that ECharts draws; `kpi`, `table` and `map` are components (`AnswerView`). */
export const DRAWN = ['line', 'bar', 'stacked', 'heat', 'pie'] as const;
export type Drawn = (typeof DRAWN)[number];
export type ChartKind = Drawn | 'kpi' | 'table' | 'map';

export function optionOf(answer: Answer, chart: Drawn, style: ChartStyle): Option {
  const reading = readAnswer(answer, style.lang);
  const pivot = pivotOf(answer, reading, style);
  switch (chart) {
    case 'line':
      return lineOption(pivot, style);
    case 'bar':
      return reading.time ? columnOption(pivot, style, false) : barOption(largestFirst(pivot, answer), style);
    case 'stacked':
      return columnOption({ ...pivot, series: mergedRest(pivot.series, style.t('chart.others')) }, style, true);
    case 'heat':
      return heatOption(pivot, style);
    case 'pie':
      return pieOption(pivot, style);
  }
}

/** The chart in one sentence, for those who do not see it. */
export function describe(answer: Answer, chart: Drawn, words: Words): Record<string, string | number> {
  const reading = readAnswer(answer, words.lang);
  const { series } = pivotOf(answer, reading, words);
  const [field] = reading.metrics;
  const values = series.flatMap((each) => each.values).filter((value) => value !== null);
  const said = (value: number) =>
    field && values.length ? figure(field, value, words.lang) : words.t('chart.missing');
  return {
    kind: words.t(`chart.${chart}`),
    count: series.length,
    series: listOf(
      series.slice(0, 8).map((each) => each.name),
      words.lang,
    ),
    high: said(Math.max(...values)),
    low: said(Math.min(...values)),
  };
}

function columnOption(pivot: Pivot, style: ChartStyle, isStacked: boolean): Option {
  return {
    ...frame(pivot, 'axis'),
    xAxis: { type: 'category', data: pivot.categories.map((each) => each.name) },
    yAxis: valueAxis(pivot, style),
    series: pivot.series.map((each, i) => ({
      type: 'bar',
      name: each.name,
      data: items(pivot, each).map((item, at) => (at < pivot.unfinishedFrom ? item : { ...item, itemStyle: PALE })),
      ...(isStacked ? { stack: 'all' } : {}),
      itemStyle: { color: each.id === undefined ? style.tokens.rest : colourOf(each, i, style) },
      tooltip: told(each, style, pivot.unfinishedFrom),
      ...(i === 0 ? markLine(style) : {}),
    })),
  };
}

/** Room for a figure beyond its bar, in pixels of our 12 px letters; Han letters are twice as wide. */
function widthOf(words: string): number {
  return [...words].reduce((sum, letter) => sum + (letter > '\u2e80' ? 12 : 7), 12);
}

/** A period that goes on: its column still grows. */
const PALE = { opacity: 0.5 };

/** Names have no order of their own: what is largest comes first, unless an order was asked for or their table has one. */
function largestFirst(pivot: Pivot, { query }: Answer): Pivot {
  const { axis, split, series } = pivot;
  const [first] = series;
  const hasOrder = Array.isArray(query.order) && query.order.length > 0;
  if (!first || split || hasOrder || axis?.column.type !== 'text' || axis.column.is_ordered) return pivot;
  const size = (at: number) => first.values[at] ?? Number.NEGATIVE_INFINITY;
  return moveCategories(pivot, (a, b) => size(b) - size(a));
}

/** Horizontal: names are read, not turned; the figure stands at the end of its bar. */
function barOption(pivot: Pivot, style: ChartStyle): Option {
  const isAlone = pivot.series.length === 1;
  const written = isAlone
    ? pivot.series.flatMap((each) => each.values.map((value) => figure(each.field, value, style.lang)))
    : [];
  return {
    ...frame(pivot, isAlone ? 'item' : 'axis'),
    grid: { ...GRID, top: isAlone ? 4 : 36, right: Math.max(GRID.right, ...written.map(widthOf)) },
    xAxis: { ...valueAxis(pivot, style), ...(isAlone ? { show: false } : {}) },
    yAxis: namesAxis(pivot.categories.map((each) => each.name)),
    series: pivot.series.map((each, i) => ({
      type: 'bar',
      name: each.name,
      data: items(pivot, each),
      barMaxWidth: 16,
      itemStyle: { color: colourOf(each, i, style) },
      tooltip: told(each, style),
      label: {
        show: isAlone,
        position: 'right',
        color: style.tokens.text2,
        formatter: ({ value }: { value?: unknown }) =>
          figure(each.field, typeof value === 'number' ? value : null, style.lang),
      },
    })),
  };
}

function heatOption(spread: Pivot, style: ChartStyle): Option {
  const { pivot, isTurned } = lying(spread);
  const cells = pivot.series.flatMap((each, y) =>
    each.values.map((value, x) => ({
      value: [x, y, value ?? '-'],
      category: isTurned ? each.id : pivot.categories[x]?.id,
      series: isTurned ? pivot.categories[x]?.id : each.id,
    })),
  );
  const known = pivot.series.flatMap((each) => each.values).filter((value) => value !== null);
  const [field] = pivot.series.map((each) => each.field);
  return {
    grid: { ...GRID, bottom: 32 },
    tooltip: {
      confine: true,
      appendTo: 'body',
      formatter: (given: unknown) => {
        const [x = 0, y = 0, value] = cellOf(given);
        const shown = field ? figure(field, typeof value === 'number' ? value : null, style.lang, true) : '';
        const place = [pivot.categories[Number(x)]?.name ?? '', pivot.series[Number(y)]?.name ?? ''].join(' · ');
        return `${html(place)}<br/><b>${html(shown)}</b>`;
      },
    },
    xAxis: { type: 'category', data: pivot.categories.map((each) => each.name), axisLine: { show: false } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: pivot.series.map((each) => each.name),
      axisLine: { show: false },
      // A week's days are all named; of many rows, as many as there is room for.
      axisLabel: pivot.series.length <= 7 ? { interval: 0 } : {},
    },
    visualMap: {
      min: known.length ? Math.min(...known) : 0,
      max: known.length ? Math.max(...known) : 1,
      calculable: false,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemWidth: 10,
      itemHeight: 120,
      text:
        field && known.length ? [Math.max(...known), Math.min(...known)].map((v) => figure(field, v, style.lang)) : [],
      textStyle: { color: style.tokens.text3 },
      inRange: { color: [...style.tokens.scale] },
    },
    series: [
      {
        type: 'heatmap',
        data: cells,
        itemStyle: { borderColor: style.tokens.page, borderWidth: 1.5, borderRadius: 2 },
        emphasis: { itemStyle: { borderColor: style.tokens.text, borderWidth: 1.5 } },
      },
    ],
  };
}

function pieOption(pivot: Pivot, style: ChartStyle): Option {
  const [only] = pivot.series;
  if (!only) return {};
  const parts = pivot.categories
    .map((category, i) => ({ ...category, value: only.values[i] ?? 0 }))
    .sort((a, b) => b.value - a.value);
  const own = parts.length > 6 ? parts.slice(0, 5) : parts;
  const rest = parts.slice(own.length);
  const slices = own.map((part, i) => ({
    name: part.name,
    value: part.value,
    category: part.id,
    itemStyle: { color: style.tokens.series[i] ?? style.tokens.rest },
  }));
  const others = rest.length
    ? [
        {
          name: style.t('chart.others'),
          value: rest.reduce((sum, part) => sum + part.value, 0),
          category: undefined,
          itemStyle: { color: style.tokens.rest },
        },
      ]
    : [];
  return {
    tooltip: { trigger: 'item', confine: true, appendTo: 'body' },
    legend: { show: false },
    series: [
      {
        type: 'pie',
        radius: ['52%', '76%'],
        data: [...slices, ...others],
        tooltip: told(only, style),
        label: { color: style.tokens.text2, fontSize: 12, formatter: '{b}\n{d}%', lineHeight: 16 },
        labelLine: { length: 8, length2: 8, lineStyle: { color: style.tokens.outline } },
      },
    ],
  };
}

function cellOf(given: unknown): unknown[] {
  if (typeof given !== 'object' || given === null || !('value' in given)) return [];
  return Array.isArray(given.value) ? given.value : [];
}
