/** How much larger than at 1440 × 900 a screen writes and draws: the same as `--u` of the cockpit's theme. */
import { useSyncExternalStore } from 'react';
import type { Option } from '../../../charts/echarts';

const LEAST = 0.92;
const MOST = 3;
const PHONE_PX = 720;

export function scaleOf(width: number, height: number): number {
  if (width <= PHONE_PX) return 1;
  return Math.min(MOST, Math.max(LEAST, Math.min(width / 1440, height / 900)));
}

export function useScale(): number {
  return useSyncExternalStore(
    (notify) => {
      window.addEventListener('resize', notify);
      return () => window.removeEventListener('resize', notify);
    },
    () => scaleOf(window.innerWidth, window.innerHeight),
  );
}

/** Lengths of an ECharts option, px; everything else stays. */
const LENGTHS = new Set([
  'fontSize', 'lineHeight', 'left', 'right', 'top', 'bottom', 'barMaxWidth', 'itemWidth', 'itemHeight', 'itemGap',
  'symbolSize', 'length', 'length2', 'borderWidth', 'borderRadius', 'width', 'margin',
]); // biome-ignore format: a list of names
const TEXT_PX = 12;

/** The option with its lengths `scale` times as long, and its axes' texts of the theme's size as well. */
export function scaled(option: Option, scale: number): Option {
  const grown = { ...option };
  for (const key of Object.keys(grown)) Object.assign(grown, { [key]: grow(Reflect.get(option, key), scale) });
  const text = { fontSize: TEXT_PX * scale };
  for (const axis of [grown.xAxis, grown.yAxis])
    if (axis && !Array.isArray(axis)) Object.assign(axis, { axisLabel: { ...text, ...axis.axisLabel } });
  if (grown.legend && !Array.isArray(grown.legend))
    grown.legend = {
      itemWidth: 10 * scale,
      itemHeight: 10 * scale,
      ...grown.legend,
      textStyle: { ...text, ...grown.legend.textStyle },
    };
  if (grown.tooltip && !Array.isArray(grown.tooltip)) grown.tooltip = { ...grown.tooltip, textStyle: text };
  return grown;
}

function grow(value: unknown, scale: number): unknown {
  if (Array.isArray(value)) return value.map((each) => grow(each, scale));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key === 'data') return [key, each]; // values, not lengths
      return [key, LENGTHS.has(key) && typeof each === 'number' ? each * scale : grow(each, scale)];
    }),
  );
}
