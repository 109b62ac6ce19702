import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';
import type { AuditState } from './views';

export type Entry = Schema<'EntryShown'>;
export type Overview = Schema<'OverviewShown'>;

/** Entries of one page. */
export const PAGE = 50;

/** The filters as the server takes them: only those that are set. */
export function filtersOf(view: AuditState) {
  const { since, until, actor, verb, kind, thing, purpose, outcome, q } = view;
  return {
    ...(since && { since }),
    ...(until && { until }),
    ...(actor && { actor }),
    ...(verb && { verb }),
    ...(kind && { kind }),
    ...(kind && thing && { thing }),
    ...(purpose && { purpose }),
    ...(outcome && { outcome }),
    ...(q && { text: q }),
  };
}

/** One page, and one entry more to know whether there is another. */
export const entriesQuery = (view: AuditState) => {
  const cursor = view.before > 0 ? { before: view.before } : view.after >= 0 ? { after: view.after } : {};
  const query = { ...filtersOf(view), ...cursor, most: PAGE };
  return queryOptions({
    queryKey: ['audit', 'entries', query],
    queryFn: ({ signal }) => read(api.GET('/api/audit', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const entryQuery = (seq: number) =>
  queryOptions({
    queryKey: ['audit', 'entry', seq],
    queryFn: async ({ signal }) => {
      const query = { before: seq + 1, most: 1 };
      const [found] = await read(api.GET('/api/audit', { params: { query }, signal }));
      return found?.seq === seq ? found : null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const overviewQuery = queryOptions({
  queryKey: ['audit', 'overview'],
  queryFn: ({ signal }) => read(api.GET('/api/audit/overview', { signal })),
});

export const verify = () => read(api.GET('/api/audit/verification'));

/** Address of the wanted entries as a file for spreadsheets. */
export function fileOf(view: AuditState): string {
  return `/api/audit/export?${new URLSearchParams({ ...filtersOf(view), format: 'csv' }).toString()}`;
}
