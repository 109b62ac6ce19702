/** Roles, and one's own requests for them: the page of people shows both, and so does every page that one may not see. */
import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from './client';

export type Role = Schema<'RoleOut'>;
export type RoleRequest = Schema<'RoleRequestOut'>;

/** Characters of a reason, and of a decider's note. */
export const LONGEST_WORDS = 500;

export const rolesQuery = queryOptions({
  queryKey: ['accounts', 'roles'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/roles', { signal })),
});

/** Newest first. */
export const ownRequestsQuery = queryOptions({
  queryKey: ['accounts', 'requests', 'own'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/role-requests', { signal })),
});
