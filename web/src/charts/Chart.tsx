/** ECharts in a box of fixed height: our themes, resizing, a description, clicks, pictures. */
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useStill, useTheme } from '../theme/mode';
import { save } from '../ui/csv';
import css from './chart.module.css';
import { connect, type ECharts, init, type Option } from './echarts';

/** What was clicked; `category` and `series` are the raw values that `optionOf` put there. */
export interface Selected {
  name: string;
  seriesName: string;
  index: number;
  category: unknown;
  series: unknown;
}

export interface ChartHandle {
  /** Saves the chart as a picture. */
  png: (name: string) => void;
}

export interface ChartProps {
  /** With `animation: false` it is still for everybody. */
  option: Option;
  /** What the chart says, in a sentence; ECharts' own text would be English. */
  label: string;
  height?: number | string;
  /** Patterns on top of colours. */
  decal?: boolean;
  onSelect?: (selected: Selected) => void;
  /** Charts of one group share their crosshair. */
  group?: string;
  ref?: Ref<ChartHandle>;
}

export function Chart({ option, label, height = 260, decal = false, onSelect, group, ref }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const { name: theme, tokens } = useTheme();
  const still = useStill();

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const made = init(host, `city-${theme}`);
    chart.current = made;
    if (group) {
      made.group = group;
      connect(group);
    }
    made.on('click', (event) => select.current?.(selectedOf(event)));
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(host);
    return () => {
      watch.disconnect();
      chart.current = null;
      made.dispose();
    };
  }, [theme, group]);

  // `theme` stands here because a new theme makes a new, empty chart.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const aria = { enabled: true, label: { description: label }, decal: { show: decal } };
    const animation = !still && option.animation !== false;
    chart.current?.setOption({ ...option, aria, animation, animationDuration: 300 }, { notMerge: true });
  }, [option, label, decal, still, theme, group]);

  useImperativeHandle(ref, () => ({
    png: (name) => void savePicture(chart.current, name, tokens.page),
  }));

  return (
    <div className={css.box} style={{ height }}>
      <div ref={box} className={css.chart} role="img" aria-label={label} />
    </div>
  );
}

async function savePicture(chart: ECharts | null, name: string, backgroundColor: string): Promise<void> {
  if (!chart) return;
  const url = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor });
  save(`${name}.png`, await (await fetch(url)).blob());
}

function selectedOf(event: { name?: string; seriesName?: string; dataIndex?: number; data?: unknown }): Selected {
  const { data } = event;
  const raw: Partial<Record<string, unknown>> = typeof data === 'object' && data !== null ? { ...data } : {};
  return {
    name: event.name ?? '',
    seriesName: event.seriesName ?? '',
    index: event.dataIndex ?? -1,
    category: raw.category,
    series: raw.series,
  };
}
