/** What the pages of alerts ask. Keys begin with `alerts`, so that live news fetches them anew. */
import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';
import type { Past } from './views';

export type Alert = Schema<'AlertBody'>;
export type Definition = Alert['definition'];
export type Episode = Schema<'EpisodeBody'>;
export type Replayed = Schema<'AlertPreviewBody'>;

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

const DAY_MS = 86_400_000;
const MOST = 1_000;

/** What fired over a past range of so many days, and the silences that held then, ended ones too. */
export const happenedQuery = (alert: string, past: Past, days: number, now: () => Date) =>
  queryOptions({
    queryKey: ['alerts', 'happened', alert, past],
    queryFn: async ({ signal }) => {
      const since = new Date(now().getTime() - days * DAY_MS).toISOString();
      const [episodes, silences] = await Promise.all([
        read(api.GET('/api/alerts/events', { params: { query: { alert, since, limit: MOST } }, signal })),
        read(api.GET('/api/alerts/{alert}/silences', { params: { path: { alert }, query: { since } }, signal })),
      ]);
      return { episodes, silences };
    },
  });
export type Happened = Awaited<ReturnType<NonNullable<ReturnType<typeof happenedQuery>['queryFn']>>>;

/** Orders that an alert opened. */
export const ordersQuery = (alert: string) =>
  queryOptions({
    queryKey: ['workorders', 'of', alert],
    queryFn: ({ signal }) => read(api.GET('/api/workorders', { params: { query: { alert, limit: 20 } }, signal })),
  });

/** A replay asks the metric a hundred times: it is kept a while, and only news of its rule asks for it again (`useReplayNews`). */
const KEPT_MS = 5 * 60_000;

/** What the rule as it is now saw over a past range, as far as the person may see. */
export const replayQuery = ({ name }: Definition, last: string) =>
  queryOptions({
    queryKey: ['replay', name, last],
    queryFn: ({ signal }) =>
      read(
        api.POST('/api/alerts/{alert}/preview', {
          params: { path: { alert: name } },
          body: { definition: null, range: { last } },
          signal,
        }),
      ),
    staleTime: KEPT_MS,
  });

/** How the rule would have fired over a past range with this threshold; nothing is told or saved. */
export const preview = (definition: Definition, threshold: number, last: string) => {
  const own = definition.when.above ?? definition.when.below;
  const when =
    definition.when.above === null || definition.when.above === undefined ? { below: threshold } : { above: threshold };
  // Where the rule clears belongs to its own threshold.
  const { clear, ...others } = definition;
  const rest = threshold === own ? { ...others, clear: clear ?? null } : others;
  return read(
    api.POST('/api/alerts/{alert}/preview', {
      params: { path: { alert: definition.name } },
      body: { definition: { ...rest, when }, range: { last } },
    }),
  );
};
