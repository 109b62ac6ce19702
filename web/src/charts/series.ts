/** An answer as categories and series: what stands along the axis, and which lines or bars there are. */
import { type Answer, type Field, labelOf, numberAt, type Reading } from './answer';
import type { Words } from './frame';
import { unfinishedFrom } from './unfinished';

export interface Category {
  name: string;
  /** The raw value, for filters; null where it is missing. */
  id: unknown;
}

export interface Series {
  name: string;
  id: unknown;
  field: Field;
  /** One per category. */
  values: (number | null)[];
  /** Not among the first: drawn grey. */
  isRest?: boolean;
}

export interface Pivot {
  axis: Field | undefined;
  split: Field | undefined;
  categories: Category[];
  series: Series[];
  /** Place of the first period that goes on beyond the data; the number of places where none does. */
  unfinishedFrom: number;
}

/** Series with a colour of their own; more cannot be told apart. */
export const MOST_SERIES = 6;

/** Spreads rows over the axis (time, else the first dimension) and the series (next dimension, or the metrics). */
export function pivotOf(answer: Answer, reading: Reading, { lang, t }: Words): Pivot {
  const [axis, split] = [reading.time, ...reading.dimensions].filter((field) => field !== undefined);
  const called = (field: Field, value: unknown) => labelOf(answer, field, value, lang, t('chart.missing'));
  const places = placesOf(axis, reading.count);
  const categories = withoutDay(
    [...places.values()].map(({ value }) => ({ name: axis ? called(axis, value) : '', id: value })),
    axis === reading.time && reading.grain === 'hour',
  );
  const starts = axis === reading.time ? categories.map(({ id }) => String(id)) : [];
  const unfinished = unfinishedFrom(starts, reading.grain, answer.reached) ?? categories.length;
  const base = { axis, split, unfinishedFrom: unfinished };
  const [metric] = reading.metrics;
  if (!split || !metric) {
    const series = reading.metrics.map((field) => metricSeries(field, axis, places, reading));
    return inTableOrder({ ...base, categories, series }, answer);
  }
  const bySplit = new Map<string, Series>();
  for (let row = 0; row < reading.count; row += 1) {
    const id = split.values[row] ?? null;
    const found = bySplit.get(String(id)) ?? {
      name: called(split, id),
      id,
      field: metric,
      values: Array.from({ length: places.size }, () => null),
    };
    bySplit.set(String(id), found);
    const place = places.get(String(axis?.values[row] ?? null))?.place;
    if (place !== undefined) found.values[place] = numberAt(metric, row);
  }
  return inTableOrder({ ...base, categories, series: ranked([...bySplit.values()]) }, answer);
}

/** Values of an ordered code table stand in the table's order, along the axis and as series; what it lacks comes last. */
function inTableOrder(pivot: Pivot, answer: Answer): Pivot {
  const { axis, split } = pivot;
  const rank = (field: Field | undefined) => {
    const names = field?.column.is_ordered ? Object.keys(answer.labels[field.column.name] ?? {}) : [];
    return (id: unknown) => (names.includes(String(id)) ? names.indexOf(String(id)) : names.length);
  };
  const [alongAxis, amongSeries] = [rank(axis), rank(split)];
  const hasOrder = Array.isArray(answer.query.order) && answer.query.order.length > 0;
  const moved = hasOrder
    ? pivot
    : moveCategories(pivot, (a, b) => alongAxis(pivot.categories[a]?.id) - alongAxis(pivot.categories[b]?.id));
  return {
    ...moved,
    series: moved.series.toSorted(
      (a, b) => Number(a.isRest ?? false) - Number(b.isRest ?? false) || amongSeries(a.id) - amongSeries(b.id),
    ),
  };
}

/** The same cells with their categories in another order. */
export function moveCategories(pivot: Pivot, compare: (a: number, b: number) => number): Pivot {
  const places = pivot.categories.map((_, at) => at).sort(compare);
  const moved = <T>(list: readonly T[]) => places.flatMap((at) => list.slice(at, at + 1));
  return {
    ...pivot,
    categories: moved(pivot.categories),
    series: pivot.series.map((each) => ({ ...each, values: moved(each.values) })),
  };
}

/** More than six: the five largest keep a colour, the others are the rest. */
export function ranked(series: Series[]): Series[] {
  if (series.length <= MOST_SERIES) return series;
  const bySize = [...series].sort((a, b) => sizeOf(b) - sizeOf(a));
  return bySize.map((each, i) => (i < MOST_SERIES - 1 ? each : { ...each, isRest: true }));
}

/** The rest as one sum; only for parts of a whole (stacks and shares), where adding is what the chart says anyway. */
export function mergedRest(series: Series[], name: string): Series[] {
  const rest = series.filter((each) => each.isRest);
  const [first] = rest;
  if (!first) return series;
  const values = first.values.map((_, i) => rest.reduce((sum, each) => sum + (each.values[i] ?? 0), 0));
  return [...series.filter((each) => !each.isRest), { ...first, name, id: undefined, values }];
}

/** Hours of one day need not say the day each time. */
function withoutDay(categories: Category[], areHours: boolean): Category[] {
  const days = new Set(categories.map(({ name }) => name.split(' ')[0]));
  return areHours && days.size === 1
    ? categories.map((each) => ({ ...each, name: each.name.split(' ')[1] ?? each.name }))
    : categories;
}

/** For a grid of cells: rows in the order of their values, not of their size; the longer dimension along the width. */
export function lying(pivot: Pivot): { pivot: Pivot; isTurned: boolean } {
  const series = pivot.series.toSorted((a, b) => compareIds(a.id, b.id));
  const [first] = series;
  if (!first || series.length <= pivot.categories.length) return { pivot: { ...pivot, series }, isTurned: false };
  const rows = pivot.categories.map(({ name, id }, i) => ({
    name,
    id,
    field: first.field,
    values: series.map(({ values }) => values[i] ?? null),
  }));
  return {
    pivot: {
      ...pivot,
      categories: series.map(({ name, id }) => ({ name, id })),
      series: rows.toSorted((a, b) => compareIds(a.id, b.id)),
    },
    isTurned: true,
  };
}

function compareIds(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : 0;
}

function metricSeries(field: Field, axis: Field | undefined, places: Places, reading: Reading): Series {
  const values: (number | null)[] = Array.from({ length: places.size }, () => null);
  for (let row = 0; row < reading.count; row += 1) {
    const place = places.get(String(axis?.values[row] ?? null))?.place;
    if (place !== undefined) values[place] = numberAt(field, row);
  }
  return { name: field.title, id: field.column.name, field, values };
}

type Places = Map<string, { place: number; value: unknown }>;

function placesOf(axis: Field | undefined, count: number): Places {
  const places: Places = new Map();
  for (let row = 0; row < count; row += 1) {
    const value = axis?.values[row] ?? null;
    if (!places.has(String(value))) places.set(String(value), { place: places.size, value });
  }
  return places;
}

function sizeOf(series: Series): number {
  return series.values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);
}
