import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';

export type Metric = Schema<'MetricSummary'>;
export type MetricDetail = Schema<'MetricDetail'>;
export type Lineage = Schema<'LineageBody'>;
export type Asked = Schema<'Query'>;

export const metricsQuery = queryOptions({
  queryKey: ['metrics', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/metrics', { signal })),
});

export const lineageQuery = queryOptions({
  queryKey: ['metrics', 'lineage'],
  queryFn: ({ signal }) => read(api.GET('/api/lineage', { signal })),
});

/** What there is around one metric. */
export const graphQuery = (name: string) =>
  queryOptions({
    queryKey: ['metrics', 'graph', name],
    queryFn: ({ signal }) => read(api.GET('/api/metrics/{name}/lineage', { params: { path: { name } }, signal })),
  });

export const metricQuery = (name: string) =>
  queryOptions({
    queryKey: ['metrics', 'one', name],
    queryFn: ({ signal }) => read(api.GET('/api/metrics/{name}', { params: { path: { name } }, signal })),
  });

export const answerQuery = (asked: Partial<Asked> & Pick<Asked, 'metrics'>) =>
  queryOptions({
    queryKey: ['metrics', 'answer', asked],
    queryFn: ({ signal }) =>
      read(
        api.POST('/api/query', {
          body: { by: [], filters: [], order: [], totals: false, ...asked },
          signal,
        }),
      ),
  });
