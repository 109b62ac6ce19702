/** What every drawn chart shares: its style, frame, axis of values, colours and what it tells under the pointer. */
import type { Lang } from '../i18n';
import type { Tokens } from '../theme/tokens';
import { short } from '../ui/format';
import { figure } from './answer';
import type { Option } from './echarts';
import type { Pivot, Series } from './series';

export interface Words {
  lang: Lang;
  /** Texts of namespace `ui`. */
  t: (key: string) => string;
}

export interface Threshold {
  value: number;
  words: string;
}

export interface ChartStyle extends Words {
  tokens: Tokens;
  /** Lines across the chart that say where it gets serious. */
  thresholds?: readonly Threshold[];
  /** Names of series that are expected or past: drawn dashed. */
  dashed?: readonly string[];
  /** Colours of series that are states (raw value → token), e.g. `{late: tokens.error}`; all others keep the palette. */
  colours?: Readonly<Record<string, string>>;
}

export const GRID = { left: 4, right: 12, top: 12, bottom: 4, containLabel: true, outerBoundsMode: 'same' } as const;

export function frame(pivot: Pivot, trigger: 'axis' | 'item'): Option {
  const named = pivot.series.filter((each) => !each.isRest);
  const hasLegend = pivot.series.length > 1;
  return {
    grid: { ...GRID, top: hasLegend ? 36 : 12 },
    legend: {
      show: hasLegend,
      type: 'scroll',
      left: 0,
      top: 0,
      data: named.map((each) => each.name),
    },
    tooltip: { trigger, confine: true, appendTo: 'body', order: 'valueDesc' },
  };
}

export function valueAxis(pivot: Pivot, { lang }: ChartStyle) {
  const isShare = pivot.series[0]?.field.column.format === 'percent';
  return {
    type: 'value' as const,
    axisLabel: { formatter: (value: number) => (isShare ? `${short(value * 100, lang)}%` : short(value, lang)) },
  };
}

/** Room for names at the side, px. */
const NAMES_PX = 96;

/** Names at the side, read and not turned: what is longer than its room is cut, and told whole under the pointer. */
export function namesAxis(names: string[]) {
  return {
    type: 'category' as const,
    inverse: true,
    data: names,
    axisLine: { show: false },
    axisLabel: { width: NAMES_PX, overflow: 'truncate' as const },
    tooltip: { show: true, formatter: wholeName },
  };
}

/** ECharts shows nothing where there are no words. */
function wholeName(label: { name?: string; isTruncated?: () => boolean }): string {
  return label.isTruncated?.() ? html(label.name ?? '') : '';
}

/** A text as HTML, which is what ECharts takes a formatter's answer for. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function colourOf(series: Series, at: number, { tokens, colours }: ChartStyle): string {
  const own = colours?.[String(series.id)];
  if (own) return own;
  return series.isRest ? tokens.rest : (tokens.series[at % tokens.series.length] ?? tokens.rest);
}

export function items(pivot: Pivot, series: Series) {
  return series.values.map((value, i) => ({ value, category: pivot.categories[i]?.id, series: series.id }));
}

/** A value under the pointer; one of a period that goes on says so. */
export function told(series: Series, { lang, t }: ChartStyle, unfinishedFrom = Number.POSITIVE_INFINITY) {
  return {
    valueFormatter: (value: unknown, at?: number) => {
      const words = figure(series.field, typeof value === 'number' ? value : null, lang, true);
      return at !== undefined && at >= unfinishedFrom ? `${words} ${t('chart.soFar')}` : words;
    },
  };
}

export function markLine({ thresholds = [], tokens }: ChartStyle) {
  if (thresholds.length === 0) return {};
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: tokens.warning, type: 'dashed' as const, width: 1 },
      label: { position: 'insideEndTop' as const, color: tokens.warningText, fontSize: 12 },
      data: thresholds.map(({ value, words }) => ({ yAxis: value, label: { formatter: words } })),
    },
  };
}
