/** What the pages of alerts ask. Keys begin with `alerts`, so that live news fetches them anew. */
import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';

export type Alert = Schema<'AlertBody'>;
export type Definition = Alert['definition'];
export type Episode = Schema<'EpisodeBody'>;

export const alertsQuery = queryOptions({
  queryKey: ['alerts', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/alerts', { signal })),
});

export const alertQuery = (name: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', name],
    queryFn: ({ signal }) => read(api.GET('/api/alerts/{alert}', { params: { path: { alert: name } }, signal })),
  });

export const episodesQuery = (wanted: { alert?: string; is_open?: boolean; limit?: number }) =>
  queryOptions({
    queryKey: ['alerts', 'episodes', wanted],
    queryFn: ({ signal }) => read(api.GET('/api/alerts/events', { params: { query: wanted }, signal })),
  });

/** Orders that an alert opened. */
export const ordersQuery = (alert: string) =>
  queryOptions({
    queryKey: ['workorders', 'of', alert],
    queryFn: ({ signal }) => read(api.GET('/api/workorders', { params: { query: { alert, limit: 20 } }, signal })),
  });

/** How the rule would have fired over a past range, perhaps with another threshold; nothing is told or saved. */
export const preview = (definition: Definition, threshold: number, last: string) => {
  const when =
    definition.when.above === null || definition.when.above === undefined ? { below: threshold } : { above: threshold };
  const { clear: _clear, ...rest } = definition;
  return read(
    api.POST('/api/alerts/{alert}/preview', {
      params: { path: { alert: definition.name } },
      body: { definition: { ...rest, when }, range: { last } },
    }),
  );
};
