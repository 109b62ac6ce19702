import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';

export type Source = Schema<'SourceSummary'>;
export type SourceDetail = Schema<'SourceDetail'>;

export const sourcesQuery = queryOptions({
  queryKey: ['sources', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/sources', { signal })),
});

export const sourceQuery = (name: string) =>
  queryOptions({
    queryKey: ['sources', 'one', name],
    queryFn: ({ signal }) => read(api.GET('/api/sources/{name}', { params: { path: { name } }, signal })),
  });

export const batchesQuery = (dataset: string) =>
  queryOptions({
    queryKey: ['datasets', 'batches', dataset],
    queryFn: ({ signal }) =>
      read(api.GET('/api/datasets/batches', { params: { query: { dataset, limit: 100 } }, signal })),
  });

export const datasetsQuery = queryOptions({
  queryKey: ['datasets', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/datasets', { signal })),
});
