/** What a screen asks. Keys begin with `screen` where it decides itself what news makes old. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../../api/client';
import { isRecord, NO_QUERY, type Query } from '../../../query/model';
import type { Evaluation } from '../queries';
import type { Wants } from './ground';

export type Order = Schema<'OrderBody'>;
export type Episode = Schema<'EpisodeBody'>;
export type Count = Schema<'CountBody'>;

/** Windows such as “last two hours” move on even when no data comes, ms. */
const MOVES_ON_MS = 5 * 60_000;
const MOST = 200;

export function evaluated(name: string, tiles: string[] | null, signal?: AbortSignal): Promise<Evaluation> {
  return read(
    api.POST('/api/dashboards/{name}/evaluate', {
      params: { path: { name } },
      body: { filters: [], range: null, tiles },
      ...(signal ? { signal } : {}),
    }),
  );
}

export function screenQuery(name: string) {
  return queryOptions({
    queryKey: ['screen', 'evaluation', name],
    queryFn: ({ signal }) => evaluated(name, null, signal),
    staleTime: MOVES_ON_MS,
    refetchInterval: MOVES_ON_MS,
  });
}

/** What the map of a screen asks for, from the definition: known before anything is computed. */
export function heroQuery(name: string) {
  return queryOptions({
    queryKey: ['screen', 'hero', name],
    queryFn: async ({ signal }): Promise<Wants> => {
      const { definition } = await read(api.GET('/api/dashboards/{name}', { params: { path: { name } }, signal }));
      const tiles: unknown[] = Array.isArray(definition.tiles) ? definition.tiles : [];
      const tile = tiles.filter(isRecord).find(({ chart }) => chart === 'map');
      const by = isRecord(tile?.query) && Array.isArray(tile.query.by) ? tile.query.by.map(String) : [];
      return { map: typeof tile?.map === 'string' ? tile.map : null, by };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One more answer for a figure: asked anew when its own data changed, which `stamp` says. */
export function besideQuery(query: Query | undefined, stamp: string) {
  return queryOptions({
    queryKey: ['screen', 'beside', query, stamp],
    enabled: query !== undefined,
    queryFn: ({ signal }) => read(api.POST('/api/query', { body: query ?? NO_QUERY, signal })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export const openAlertsQuery = queryOptions({
  queryKey: ['alerts', 'open'],
  queryFn: ({ signal }) =>
    read(api.GET('/api/alerts/events', { params: { query: { is_open: true, limit: MOST } }, signal })),
});
export const endedAlertsQuery = queryOptions({
  queryKey: ['alerts', 'ended'],
  queryFn: ({ signal }) =>
    read(api.GET('/api/alerts/events', { params: { query: { is_open: false, limit: 20 } }, signal })),
});
export const alertsQuery = queryOptions({
  queryKey: ['alerts', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/alerts', { signal })),
});
export const ordersQuery = queryOptions({
  queryKey: ['workorders', 'screen'],
  queryFn: ({ signal }) => read(api.GET('/api/workorders', { params: { query: { limit: MOST } }, signal })),
  retry: false,
});
export const boardQuery = queryOptions({
  queryKey: ['workorders', 'board', 'counts'],
  queryFn: ({ signal }) => read(api.GET('/api/workorders/board', { signal })),
  retry: false,
});
