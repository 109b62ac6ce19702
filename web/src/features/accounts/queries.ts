import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';

export type Person = Schema<'PersonOut'>;
export type Key = Schema<'KeyOut'>;
export type Session = Schema<'SessionOut'>;

export const peopleQuery = queryOptions({
  queryKey: ['accounts', 'people'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/people', { signal })),
});

/** Everybody's requests that wait, the oldest first; for those who manage people. */
export const openRequestsQuery = queryOptions({
  queryKey: ['accounts', 'requests', 'open'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/role-requests/open', { signal })),
});

export const keysQuery = queryOptions({
  queryKey: ['accounts', 'keys'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/keys', { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: ['accounts', 'sessions'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/sessions', { signal })),
});

export const datasetsQuery = queryOptions({
  queryKey: ['datasets', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/datasets', { signal })),
});
