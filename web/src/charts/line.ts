/** Lines over time: solid as far as the periods are over, dashed to a hollow point into one that goes on. */
import type { Option } from './echarts';
import { type ChartStyle, colourOf, frame, items, markLine, told, valueAxis } from './frame';
import type { Pivot, Series } from './series';

export function lineOption(pivot: Pivot, style: ChartStyle): Option {
  return {
    ...frame(pivot, 'axis'),
    xAxis: { type: 'category', boundaryGap: false, data: pivot.categories.map((each) => each.name) },
    yAxis: valueAxis(pivot, style),
    series: pivot.series.flatMap((each, i) => {
      const { unfinishedFrom: from, categories } = pivot;
      const over = line(pivot, each, i, style);
      if (from === categories.length) return [{ ...over, ...(i === 0 ? markLine(style) : {}) }];
      return [
        { ...over, data: over.data.map(onlyIf((at) => at < from)), ...(i === 0 ? markLine(style) : {}) },
        { ...over, ...BARE, ...dashed(over), data: over.data.map(onlyIf((at) => at >= from - 1)) },
        { ...over, ...BARE, ...HOLLOW, data: over.data.map(onlyIf((at) => at >= from)) },
      ];
    }),
  };
}

function line(pivot: Pivot, series: Series, at: number, style: ChartStyle) {
  return {
    type: 'line' as const,
    name: series.name,
    data: items(pivot, series),
    connectNulls: false,
    showSymbol: pivot.categories.length < 2,
    lineStyle: {
      width: series.isRest ? 1 : 2,
      ...(style.dashed?.includes(series.name) ? { type: 'dashed' as const } : {}),
    },
    itemStyle: { color: colourOf(series, at, style) },
    z: series.isRest ? 1 : 2,
    tooltip: told(series, style, pivot.unfinishedFrom),
    ...(pivot.series.length === 1 ? { areaStyle: { opacity: 0.08 } } : {}),
  };
}

const BARE = { areaStyle: undefined, symbol: 'emptyCircle', symbolSize: 5 };
/** Carries the value that is told; its way there is the dashed line's. */
const HOLLOW = { showSymbol: true, lineStyle: { width: 0 } };

function dashed({ lineStyle }: { lineStyle: { width: number } }) {
  return { lineStyle: { ...lineStyle, type: 'dashed' as const }, showSymbol: false, tooltip: { show: false } };
}

type Item = ReturnType<typeof items>[number];

function onlyIf(keeps: (at: number) => boolean) {
  return (item: Item, at: number): Item => (keeps(at) ? item : { ...item, value: null });
}
