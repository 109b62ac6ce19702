import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';
import type { Lang } from '../../i18n';

export type Kind = Schema<'KindOut'>;
export type Summary = Schema<'SummaryOut'>;
export type Detail = Schema<'DefinitionOut'>;
export type Version = Schema<'VersionOut'>;
export type Problem = Schema<'FindingOut'>;
export type Plan = Schema<'PlanOut'>;
export type Applied = Schema<'AppliedOut'>;

/** A text, what to delete, and the versions it was begun from. */
export interface Draft {
  kind: string;
  text: string;
  remove: { kind: string; name: string }[];
  base: { kind: string; name: string; version: number }[];
}

export const kindsQuery = queryOptions({
  queryKey: ['definitions', 'kinds'],
  queryFn: ({ signal }) => read(api.GET('/api/definitions', { signal })),
});

export const allQuery = queryOptions({
  queryKey: ['definitions', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/definitions/all', { signal })),
});

export const oneQuery = (kind: string, name: string) =>
  queryOptions({
    queryKey: ['definitions', 'one', kind, name],
    queryFn: ({ signal }) =>
      read(api.GET('/api/definitions/{kind}/{name}', { params: { path: { kind, name } }, signal })),
  });

export const versionsQuery = (kind: string, name: string) =>
  queryOptions({
    queryKey: ['definitions', 'versions', kind, name],
    queryFn: ({ signal }) =>
      read(api.GET('/api/definitions/{kind}/{name}/versions', { params: { path: { kind, name } }, signal })),
  });

export const versionQuery = (kind: string, name: string, version: number) =>
  queryOptions({
    queryKey: ['definitions', 'version', kind, name, version],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/definitions/{kind}/{name}/versions/{version}', {
          params: { path: { kind, name, version } },
          signal,
        }),
      ),
  });

export const diffQuery = (kind: string, name: string, before: number, after: number) =>
  queryOptions({
    queryKey: ['definitions', 'diff', kind, name, before, after],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/definitions/{kind}/{name}/diff', {
          params: { path: { kind, name }, query: { before, after } },
          signal,
        }),
      ),
  });

/** The schema's words are in the language of the request, so the key names it. */
export const schemaQuery = (kind: string, lang: Lang) =>
  queryOptions({
    queryKey: ['schemas', kind, lang],
    queryFn: ({ signal }) => read(api.GET('/api/definitions/{kind}/schema', { params: { path: { kind } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const templateQuery = (kind: string) =>
  queryOptions({
    queryKey: ['schemas', 'template', kind],
    queryFn: ({ signal }) => read(api.GET('/api/definitions/{kind}/template', { params: { path: { kind } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const checkQuery = (kind: string, text: string, lang: Lang) =>
  queryOptions({
    queryKey: ['definitions', 'check', kind, text, lang],
    queryFn: ({ signal }) =>
      read(api.POST('/api/definitions/check', { body: { kind, text, remove: [], base: [] }, signal })),
    gcTime: 60_000,
  });

/** No live news makes a plan anew under somebody's eyes: applying an outdated one is refused, then it is. */
export const planQuery = (draft: Draft, lang: Lang, asOf = 0) =>
  queryOptions({
    queryKey: ['plans', draft, lang, asOf],
    queryFn: ({ signal }) => read(api.POST('/api/definitions/plan', { body: draft, signal })),
    staleTime: 0,
    gcTime: 0,
  });

export const usableDimensionsQuery = (metric: string) =>
  queryOptions({
    queryKey: ['metrics', 'dimensions', metric],
    queryFn: ({ signal }) => read(api.GET('/api/dimensions', { params: { query: { metric: [metric] } }, signal })),
  });
