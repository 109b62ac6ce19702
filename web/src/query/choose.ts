/** Which chart fits an answer. Pure; the same answer always gets the same chart. */
import { type Answer, readAnswer } from '../charts/answer';
import type { ChartKind } from '../charts/options';
import { wordsOf } from '../i18n/texts';
import { type CityMap, mapFor } from '../map/queries';

/** Bars that can be read beneath each other; more are a table. */
const MOST_BARS = 30;
const MOST_SLICES = 12;

export function chartFor(answer: Answer): ChartKind {
  const { time, dimensions, metrics, count } = readAnswer(answer, 'zh');
  const units = new Set(metrics.map(({ column }) => `${wordsOf(column.unit, 'zh')} ${column.format === 'percent'}`));
  if (dimensions.length === 0) {
    if (!time) return 'kpi';
    return units.size === 1 ? 'line' : 'table';
  }
  if (dimensions.length + (time ? 1 : 0) > 2 || units.size > 1) return 'table';
  if (time) return metrics.length === 1 ? 'line' : 'table';
  if (dimensions.length === 2) return metrics.length === 1 ? 'heat' : 'table';
  return count <= MOST_BARS ? 'bar' : 'table';
}

/** Whether `chart` can show the answer without leaving something out. */
export function fits(answer: Answer, chart: ChartKind, maps: readonly CityMap[] = []): boolean {
  const { time, dimensions, metrics, count } = readAnswer(answer, 'zh');
  const keys = dimensions.length + (time ? 1 : 0);
  switch (chart) {
    case 'table':
      return true;
    case 'kpi':
      return dimensions.length === 0;
    case 'pie':
      return keys === 1 && metrics.length === 1 && count <= MOST_SLICES * 10;
    case 'heat':
      return keys === 2 && metrics.length === 1;
    case 'map':
      return !time && mapFor(answer, maps) !== undefined;
    default:
      return keys === 1 || (keys === 2 && metrics.length === 1);
  }
}

const BAR = 34;

/** Height of a chart, px: a few bars need less than the whole. */
export function heightFor(answer: Answer, chart: ChartKind, most: number): number {
  const { time, dimensions } = readAnswer(answer, 'zh');
  const isBars = chart === 'bar' && !time && dimensions.length === 1;
  return isBars ? Math.min(most, Math.max(2, answer.row_count) * BAR + 40) : most;
}
