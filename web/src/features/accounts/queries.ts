import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';

export type Person = Schema<'PersonOut'>;
export type Key = Schema<'KeyOut'>;
export type Role = Schema<'RoleOut'>;
export type Session = Schema<'SessionOut'>;

export const peopleQuery = queryOptions({
  queryKey: ['accounts', 'people'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/people', { signal })),
});

export const rolesQuery = queryOptions({
  queryKey: ['accounts', 'roles'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/roles', { signal })),
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
