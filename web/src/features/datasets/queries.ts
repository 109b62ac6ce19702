import { queryOptions } from '@tanstack/react-query';
import { api, ownHeaders, read, type Schema } from '../../api/client';
import { errorOf } from '../../api/errors';
import { currentLang } from '../../i18n';
import type { PURPOSES } from './views';

type Purpose = (typeof PURPOSES)[number];

export type Dataset = Schema<'DatasetBody'>;
export type Batch = Schema<'BatchBody'>;
export type Rows = Schema<'RowsShown'>;

export const datasetsQuery = queryOptions({
  queryKey: ['datasets', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/datasets', { signal })),
});

/** What the person here may know and read of each dataset. */
export const knownQuery = queryOptions({
  queryKey: ['datasets', 'known'],
  queryFn: ({ signal }) => read(api.GET('/api/policies/catalogue', { params: { query: {} }, signal })),
});

export const lineageQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'lineage', dataset],
    queryFn: ({ signal }) =>
      read(api.GET('/api/datasets/{dataset}/lineage', { params: { path: { dataset } }, signal })),
  });

export const datasetQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'one', dataset],
    queryFn: ({ signal }) => read(api.GET('/api/datasets/{dataset}', { params: { path: { dataset } }, signal })),
  });

export const accessQuery = (dataset: string, purpose: Purpose = 'analysis') =>
  queryOptions({
    queryKey: ['datasets', 'access', dataset, purpose, currentLang()],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/datasets/{dataset}/access', {
          params: { path: { dataset }, query: { purpose } },
          signal,
        }),
      ),
  });

export const rowsQuery = (dataset: string, order: string) =>
  queryOptions({
    queryKey: ['datasets', 'rows', dataset, order],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/datasets/{dataset}/rows', {
          params: { path: { dataset }, query: { limit: 100, ...(order ? { order: [order] } : {}) } },
          signal,
        }),
      ),
  });

export const batchesQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'batches', dataset],
    queryFn: ({ signal }) =>
      read(api.GET('/api/datasets/batches', { params: { query: { dataset, limit: 100 } }, signal })),
  });

export const versionsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'versions', dataset],
    queryFn: ({ signal }) =>
      read(api.GET('/api/datasets/{dataset}/versions', { params: { path: { dataset } }, signal })),
  });

export const quarantineQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'quarantine', dataset],
    queryFn: ({ signal }) =>
      read(api.GET('/api/datasets/{dataset}/quarantine', { params: { path: { dataset } }, signal })),
  });

export const quarantineRowsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'quarantine-rows', dataset],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/datasets/{dataset}/quarantine/rows', {
          params: { path: { dataset }, query: { limit: 500 } },
          signal,
        }),
      ),
  });

/** The dataset as a file, as far as the person here may take it away. */
export async function exportOf(dataset: string, format: 'csv' | 'xlsx'): Promise<Blob> {
  const path = `/api/datasets/${encodeURIComponent(dataset)}/export?format=${format}`;
  const response = await fetch(path, { headers: ownHeaders() });
  if (!response.ok) throw await errorOf(response);
  return response.blob();
}
