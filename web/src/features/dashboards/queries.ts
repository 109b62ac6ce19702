import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';
import { type Filter, isRecord, type Query, queryOf, type Range } from '../../query/model';

export type Evaluation = Schema<'EvaluationBody'>;
export type Tile = Schema<'TileBody'>;
export type PageDimension = Schema<'PageDimensionBody'>;
export type Summary = Schema<'DashboardSummary'>;

export const dashboardsQuery = queryOptions({
  queryKey: ['dashboards', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/dashboards', { signal })),
});

/** Places of the tiles, for the small picture in the gallery. */
export function outlineQuery(name: string) {
  return queryOptions({
    queryKey: ['dashboards', 'outline', name],
    queryFn: async ({ signal }) => {
      const { definition } = await read(api.GET('/api/dashboards/{name}', { params: { path: { name } }, signal }));
      return Array.isArray(definition.tiles) ? definition.tiles.map(placeOf) : [];
    },
    staleTime: 15 * 60_000,
  });
}

export function evaluationQuery(name: string, filters: readonly Filter[], range: Range | null) {
  return queryOptions({
    queryKey: ['dashboards', 'evaluation', name, filters, range],
    queryFn: ({ signal }) =>
      read(
        api.POST('/api/dashboards/{name}/evaluate', {
          params: { path: { name } },
          body: { filters: [...filters], range },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** One more answer for a tile: the period before, or its course. */
export function sideQuery(query: Query | undefined) {
  return queryOptions({
    queryKey: ['dashboards', 'side', query],
    enabled: query !== undefined,
    queryFn: ({ signal }) =>
      read(
        api.POST('/api/query', {
          body: query ?? { metrics: [], by: [], filters: [], order: [], totals: false },
          signal,
        }),
      ),
    // The same question up to a later moment: what it was stays until the answer is there.
    placeholderData: (before, asked) => (isLater(asked?.queryKey[2], query) ? before : undefined),
    retry: false,
  });
}

function isLater(asked: unknown, query: Query | undefined): boolean {
  const before = queryOf(asked);
  return (
    query !== undefined &&
    JSON.stringify({ ...before, range: { ...before.range, to: null } }) ===
      JSON.stringify({ ...query, range: { ...query.range, to: null } })
  );
}

export interface Place {
  name: string;
  chart: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

function placeOf(tile: unknown): Place {
  const own = isRecord(tile) ? tile : {};
  const layout = isRecord(own.layout) ? own.layout : {};
  const cell = (key: string, initial: number) => (typeof layout[key] === 'number' ? layout[key] : initial);
  return {
    name: String(own.name ?? ''),
    chart: String(own.chart ?? ''),
    x: cell('x', 0),
    y: cell('y', 0),
    w: cell('w', 6),
    h: cell('h', 4),
  };
}
