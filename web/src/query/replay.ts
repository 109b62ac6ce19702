/** What a rule saw, evaluation after evaluation: lines for places, thresholds across, bands where it fired, a strip below where it kept quiet. Pure. */
import type { Option } from '../charts/echarts';
import type { Tokens } from '../theme/tokens';

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** The one that is looked at; the others are there to compare with. */
  isMain: boolean;
}

export interface Threshold {
  value: number;
  words: string;
  /** The rule's own, where it clears, or one that is tried. */
  kind: 'own' | 'clear' | 'tried';
}

export interface Band {
  from: string;
  /** Undefined while it lasts. */
  to?: string | null;
  /** It fired and told, or fired and was `quiet`; would have fired; was silenced. */
  kind: 'fired' | 'quiet' | 'would' | 'silent';
  /** Over it, instead of what its kind is called. */
  words?: string;
}

export interface ReplayChart {
  /** When the evaluations were. */
  times: readonly string[];
  lines: readonly Line[];
  thresholds: readonly Threshold[];
  bands: readonly Band[];
}

export interface ReplayStyle {
  tokens: Tokens;
  moment: (iso: string) => string;
  figure: (value: number | null) => string;
  axis: (value: number) => string;
  /** Slanting lines, for what must not be told by its colour alone. */
  hatch: (colour: string) => string | object;
  /** Short words over a band. */
  words: (kind: Band['kind']) => string;
}

const HOUR_MS = 3_600_000;
/** Height of the legend below a chart, px. */
export const LEGEND_PX = 24;

/** Share of the width that the words of a band need. */
const WORDS_SHARE = 0.09;
/** Share of the width from which on words would not fit at the right. */
const EDGE_SHARE = 0.9;
/** Height of the strip of silences, as a share of the chart's. */
const STRIP_SHARE = 0.07;
/** Room above and below what is drawn, as a share of its height. */
const MARGIN = 0.06;

export function replayOption(chart: ReplayChart, style: ReplayStyle): Option {
  const { tokens, moment, figure, axis } = style;
  const [low, high] = extentOf(chart);
  const marks = marksOf(chart, style, [low, low + (high - low) * STRIP_SHARE]);
  return {
    animation: false, // it is drawn anew when something fires, and nothing that one looks at may move
    grid: { left: 4, right: 12, top: 26, bottom: 4, containLabel: true, outerBoundsMode: 'same' },
    tooltip: { trigger: 'axis', confine: true, appendTo: 'body', order: 'valueDesc' },
    xAxis: { type: 'category', boundaryGap: false, data: chart.times.map(moment) },
    yAxis: {
      type: 'value',
      min: low,
      max: high,
      axisLabel: { formatter: axis, showMinLabel: false, showMaxLabel: false },
    },
    series: chart.lines.map(({ name, values, isMain }) => ({
      type: 'line',
      name,
      data: [...values],
      connectNulls: false,
      showSymbol: values.filter((each) => each !== null).length < 2,
      lineStyle: { width: isMain ? 2 : 1 },
      itemStyle: { color: isMain ? tokens.link : tokens.rest },
      z: isMain ? 3 : 2,
      tooltip: { valueFormatter: (value: unknown) => figure(typeof value === 'number' ? value : null) },
      ...(isMain ? marks : {}),
    })),
  };
}

function marksOf({ times, thresholds, bands }: ReplayChart, style: ReplayStyle, strip: [number, number]) {
  const { tokens, hatch } = style;
  const lines = {
    own: { color: tokens.error, type: 'dashed' as const },
    clear: { color: tokens.success, type: 'dotted' as const },
    tried: { color: tokens.text2, type: 'solid' as const },
  };
  const areas = {
    fired: { color: tokens.errorSoft, borderColor: tokens.error, borderType: 'solid' as const },
    would: { color: tokens.warningSoft, borderColor: tokens.warning, borderType: 'solid' as const },
    quiet: { color: tokens.errorSoft, borderColor: tokens.error, borderType: 'dashed' as const },
    silent: { color: hatch(tokens.text3), borderColor: tokens.text3, borderType: 'dashed' as const },
  };
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      data: thresholds.map(({ value, words, kind }) => ({
        yAxis: value,
        lineStyle: { ...lines[kind], width: 1.5 },
        label: {
          formatter: words,
          // Where the past is: what has just happened stands at the other end.
          position: 'insideStartTop' as const,
          color: tokens.text2,
          fontSize: 12,
          textBorderColor: tokens.panel,
          textBorderWidth: 3,
        },
      })),
    },
    markArea: {
      silent: true,
      animation: false,
      data: drawn(bands, times).map(({ band, from, to, isNamed }): [object, object] => [
        {
          xAxis: from,
          ...(band.kind === 'silent' ? { yAxis: strip[0] } : {}),
          itemStyle: { ...areas[band.kind], borderWidth: 1, opacity: 0.75 },
          label: {
            show: isNamed,
            formatter: band.words ?? style.words(band.kind),
            position: 'top',
            distance: 4,
            color: tokens.text2,
            fontSize: 11,
            // At the right end words stand left of the middle, else they would be cut.
            ...(from > (times.length - 1) * EDGE_SHARE ? { align: 'right' } : {}),
          },
        },
        { xAxis: to, ...(band.kind === 'silent' ? { yAxis: strip[1] } : {}) },
      ]),
    },
  };
}

interface Drawn {
  band: Band;
  from: number;
  to: number;
  /** Whether there is room for its words. */
  isNamed: boolean;
}

/** Bands between evaluations; one that began before the first begins there, one outside is left out. */
export function drawn(bands: readonly Band[], times: readonly string[]): Drawn[] {
  const last = times.length - 1;
  const at = times.map((each) => Date.parse(each));
  const [start = 0, end = 0] = [at[0], at.at(-1)];
  let named = Number.NEGATIVE_INFINITY;
  return bands
    .filter((each) => last > 0 && Date.parse(each.from) <= end && (!each.to || Date.parse(each.to) >= start))
    .toSorted((a, b) => a.from.localeCompare(b.from))
    .map((band) => {
      const first = Math.max(0, indexAt(at, Date.parse(band.from)));
      const to = band.to ? indexAt(at, Date.parse(band.to)) : last;
      // Shorter than the step between evaluations: still one step wide, so that it is seen.
      const from = Math.min(first, last - 1);
      // A strip has no room for words: the legend says what it is.
      const isNamed = band.kind !== 'silent' && from - named >= last * WORDS_SHARE;
      if (isNamed) named = from;
      return { band, from, to: Math.max(to, from + 1), isNamed };
    });
}

/** The first evaluation at or after a moment; the last one when there is none. */
function indexAt(times: readonly number[], moment: number): number {
  const found = times.findIndex((each) => each >= moment);
  return found < 0 ? times.length - 1 : found;
}

/** Lowest and highest of what is drawn, thresholds too, so that none lies outside. */
function extentOf({ lines, thresholds }: ReplayChart): [number, number] {
  const all = [...lines.flatMap(({ values }) => values), ...thresholds.map(({ value }) => value)].filter(
    (each) => each !== null,
  );
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || Math.abs(high) || 1) * MARGIN;
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** How long before an episode the picture begins: half a day for rules that look back over hours, else half a week. */
export function leadMs(last: string | null | undefined): number {
  const [, count = '7', unit = 'd'] = /^(\d+)([a-z])$/.exec(last ?? '') ?? [];
  return (unit === 'h' && Number(count) < 24 ? 12 : 84) * HOUR_MS;
}

/** From a while before it fired until a little after it ended, or now. */
export function around(
  { fired_at, resolved_at }: { fired_at: string; resolved_at: string | null },
  lead: number,
  now: Date,
): { from: string; to: string } {
  const ended = resolved_at ? Date.parse(resolved_at) + lead / 4 : now.getTime();
  const ends = [Date.parse(fired_at) - lead, Math.min(ended, now.getTime())];
  const [from = '', to = ''] = ends.map((each) => new Date(each).toISOString());
  return { from, to };
}
