/** What the overview asks; first words of the keys are the nouns, so live news fetches the figures anew. */
import { queryOptions } from '@tanstack/react-query';
import { api, read } from '../../api/client';
import { MOST_BATCHES } from './figures';

export const datasetsQuery = queryOptions({
  queryKey: ['datasets', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/datasets', { signal })),
});
export const sourcesQuery = queryOptions({
  queryKey: ['sources', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/sources', { signal })),
});
export const metricsQuery = queryOptions({
  queryKey: ['metrics', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/metrics', { signal })),
});
export const alertsQuery = queryOptions({
  queryKey: ['alerts', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/alerts', { signal })),
});
export const episodesQuery = queryOptions({
  queryKey: ['alerts', 'newest'],
  queryFn: ({ signal }) => read(api.GET('/api/alerts/events', { params: { query: { limit: 20 } }, signal })),
});
export const batchesQuery = queryOptions({
  queryKey: ['datasets', 'batches', 'newest'],
  queryFn: ({ signal }) => read(api.GET('/api/datasets/batches', { params: { query: { limit: 20 } }, signal })),
});
export const boardQuery = queryOptions({
  queryKey: ['workorders', 'board', 'counts'],
  queryFn: ({ signal }) => read(api.GET('/api/workorders/board', { signal })),
  retry: false,
});
export const ordersQuery = queryOptions({
  queryKey: ['workorders', 'newest'],
  queryFn: ({ signal }) => read(api.GET('/api/workorders', { params: { query: { limit: 50 } }, signal })),
});
export const auditQuery = queryOptions({
  queryKey: ['policies', 'audit', 'newest'],
  queryFn: ({ signal }) => read(api.GET('/api/audit', { params: { query: { most: 1 } }, signal })),
});

/** What happened since a moment. */
export const dayOf = {
  batches: () =>
    queryOptions({
      queryKey: ['datasets', 'batches', 'day'],
      queryFn: ({ signal }) =>
        read(api.GET('/api/datasets/batches', { params: { query: { limit: MOST_BATCHES } }, signal })),
    }),
  episodes: (since: string) =>
    queryOptions({
      queryKey: ['alerts', 'day', since],
      queryFn: ({ signal }) =>
        read(api.GET('/api/alerts/events', { params: { query: { since, limit: 1000 } }, signal })),
    }),
  orders: (since: string) =>
    queryOptions({
      queryKey: ['workorders', 'day', since],
      queryFn: ({ signal }) =>
        read(api.GET('/api/workorders', { params: { query: { updated_since: since, limit: 1000 } }, signal })),
    }),
};
