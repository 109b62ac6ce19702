/** What the metrics offer and answer. Keys begin with `metrics`, so that live news fetches them anew. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read } from '../api/client';
import type { Query } from './model';

const QUARTER_HOUR_MS = 15 * 60_000;
/** Values of one dimension that a filter offers. */
const MOST_VALUES = 300;

export const metricsQuery = queryOptions({
  queryKey: ['metrics', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/metrics', { signal })),
  staleTime: QUARTER_HOUR_MS,
});

export function metricQuery(name: string) {
  return queryOptions({
    queryKey: ['metrics', 'one', name],
    queryFn: ({ signal }) => read(api.GET('/api/metrics/{name}', { params: { path: { name } }, signal })),
    staleTime: QUARTER_HOUR_MS,
  });
}

/** Dimensions that all these metrics can be split by together. */
export function dimensionsQuery(metrics: readonly string[]) {
  return queryOptions({
    queryKey: ['metrics', 'dimensions', ...metrics],
    enabled: metrics.length > 0,
    queryFn: ({ signal }) => read(api.GET('/api/dimensions', { params: { query: { metric: [...metrics] } }, signal })),
    staleTime: QUARTER_HOUR_MS,
  });
}

export function answerQuery(query: Query) {
  return queryOptions({
    queryKey: ['metrics', 'answer', query],
    enabled: query.metrics.length > 0,
    queryFn: ({ signal }) => read(api.POST('/api/query', { body: query, signal })),
    placeholderData: keepPreviousData,
  });
}

/** Values of a dimension that occur in the rows of `metric` that the person may see, with their labels. */
export function valuesQuery(metric: string, dimension: string) {
  return queryOptions({
    queryKey: ['metrics', 'values', metric, dimension],
    enabled: metric !== '' && dimension !== '',
    queryFn: ({ signal }) =>
      read(
        api.POST('/api/query', {
          body: {
            metrics: [metric],
            by: [dimension],
            filters: [],
            order: [{ by: dimension, descending: false }],
            totals: false,
            limit: MOST_VALUES,
          },
          signal,
        }),
      ),
    staleTime: QUARTER_HOUR_MS,
  });
}

/** What the policies say about the person and a dataset. */
export function accessQuery(dataset: string) {
  return queryOptions({
    queryKey: ['datasets', 'access', dataset],
    queryFn: ({ signal }) => read(api.GET('/api/datasets/{dataset}/access', { params: { path: { dataset } }, signal })),
    staleTime: QUARTER_HOUR_MS,
  });
}

export const departmentsQuery = queryOptions({
  queryKey: ['accounts', 'departments'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/departments', { signal })),
  staleTime: QUARTER_HOUR_MS,
});
