/** What the overview says, computed from what the server said. Pure. */
import type { Schema } from '../../api/client';
import { type Freshness, freshnessOf } from '../../ui/freshness';

type Dataset = Schema<'DatasetBody'>;
type Source = Schema<'SourceSummary'>;
type Alert = Schema<'AlertBody'>;
type Count = Schema<'CountBody'>;

const OVER = new Set(['finished', 'cancelled']);

export function rowsOf(datasets: readonly Dataset[]): number {
  return datasets.reduce((sum, each) => sum + each.rows, 0);
}

/** Share of good rows over all datasets, each counted by its rows; null before the first batch. */
export function goodShare(datasets: readonly Dataset[]): number | null {
  const judged = datasets.filter((each) => each.quality !== null && each.rows > 0);
  const rows = rowsOf(judged);
  return rows ? judged.reduce((sum, each) => sum + (each.quality ?? 0) * each.rows, 0) / rows : null;
}

export function firingOf(alerts: readonly Alert[]): number {
  return alerts.reduce((sum, each) => sum + (each.counts.firing ?? 0), 0);
}

export function ordersOf(board: readonly Count[]): { open: number; finished: number } {
  const sum = (of: (count: Count) => boolean) => board.filter(of).reduce((all, each) => all + each.orders, 0);
  return { open: sum((each) => !OVER.has(each.status)), finished: sum((each) => each.status === 'finished') };
}

/** Datasets that the city's own systems fill: what was done comes back as data. */
export function returnedOf(sources: readonly Source[], datasets: readonly Dataset[]): Dataset[] {
  const names = new Set(sources.filter((each) => each.connector === 'internal').flatMap((each) => each.datasets));
  return datasets.filter((each) => names.has(each.name));
}

export interface DepartmentFreshness {
  owner: string | null;
  datasets: { dataset: Dataset; step: Freshness; at: string | null }[];
  newest: string | null;
  rows: number;
  quality: number | null;
}

/** Departments with their datasets, those with the oldest news first. */
export function byDepartment(datasets: readonly Dataset[], now: Date): DepartmentFreshness[] {
  const groups = Map.groupBy(datasets, (each) => each.owner);
  const found = [...groups].map(([owner, own]) => {
    const judged = own.map((dataset) => ({ dataset, ...freshnessOf(dataset, now) }));
    const newest = judged.reduce<string | null>((last, { at }) => (at && (!last || at > last) ? at : last), null);
    return { owner, datasets: judged, newest, rows: rowsOf(own), quality: goodShare(own) };
  });
  return found.sort((a, b) => (a.newest ?? '').localeCompare(b.newest ?? ''));
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A day before `now`, to the hour, so that what is asked stays the same for a while. */
export function dayBefore(now: Date): string {
  return new Date(Math.floor((now.getTime() - DAY_MS) / HOUR_MS) * HOUR_MS).toISOString();
}

interface LastDay {
  rows?: number;
  aside?: number;
  /** Not every batch of the day was at hand: it was more. */
  isMore: boolean;
  fired?: number;
  opened?: number;
  finished?: number;
}

/** What came in, fired, was opened and finished since `since`; what is not known is left out. */
export function lastDayOf(
  {
    batches,
    episodes,
    orders,
  }: {
    batches?: readonly Schema<'BatchBody'>[] | undefined;
    episodes?: readonly Schema<'EpisodeBody'>[] | undefined;
    orders?: readonly Schema<'OrderBody'>[] | undefined;
  },
  since: string,
): LastDay {
  const isLate = (at: string | null) => at !== null && Date.parse(at) >= Date.parse(since);
  const loaded = batches?.filter((each) => isLate(each.finished_at) && each.status === 'published');
  const sum = (of: 'good' | 'quarantined') => loaded?.reduce((all, each) => all + each[of], 0) ?? 0;
  return {
    isMore: batches?.length === MOST_BATCHES && loaded?.length === MOST_BATCHES,
    ...(loaded && { rows: sum('good'), aside: sum('quarantined') }),
    ...(episodes && { fired: episodes.filter((each) => isLate(each.fired_at)).length }),
    ...(orders && {
      opened: orders.filter((each) => isLate(each.opened_at)).length,
      finished: orders.filter((each) => each.status === 'finished').length,
    }),
  };
}

/** So many of the newest batches are asked for to know the last day. */
export const MOST_BATCHES = 500;
