/** Who is signed in, what they may do, and which city this is. */
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { chooseLang, storedLang } from '../i18n';
import type { Bilingual } from '../i18n/texts';
import { cache } from './cache';
import { api, done, read, type Schema } from './client';
import { ApiError } from './errors';

export type Me = Schema<'MeOut'>;

/** Facts of the city that every page needs; `now` is its own time, which a demo city simulates. */
export interface City {
  /** Undefined until it is known. */
  name?: Bilingual;
  time_zone: string;
  now: string;
  /** Whether it is the fictional city, living. */
  is_demo: boolean;
}
const NO_CITY: City = { time_zone: 'Asia/Shanghai', now: '', is_demo: false };

export type DemoAccount = Schema<'DemoAccount'>;

export const meQuery = queryOptions({
  queryKey: ['session', 'me'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/me', { signal })),
  staleTime: 5 * 60_000,
});

export const cityQuery = queryOptions({
  queryKey: ['session', 'city'],
  queryFn: async ({ signal }): Promise<City> => read(api.GET('/api/city', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Accounts that a demo city offers to try; none anywhere else. */
export const demoAccountsQuery = queryOptions({
  queryKey: ['session', 'demo'],
  queryFn: ({ signal }) => read(api.GET('/api/demo/accounts', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is signed in. Only below the shell, where somebody is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Returns `may(permission)`: whether the person here may do that; the server decides again on each call. */
export function useMay(): (permission: string | undefined) => boolean {
  const { permissions } = useMe();
  return (permission) => mayOf(permissions, permission);
}

export function mayOf(permissions: readonly string[], permission: string | undefined): boolean {
  if (!permission || permissions.includes('*') || permissions.includes(permission)) return true;
  return permissions.includes(`${permission.split('.')[0]}.*`);
}

/** Whether somebody with these permissions sees any work order; the same three as the server's `WorkOrders` look at. */
export function seesOrders(permissions: readonly string[]): boolean {
  return ['orders.view', 'orders.handle', 'orders.dispatch'].some((each) => mayOf(permissions, each));
}

/** Whether the person here sees any work order. */
export function useSeesOrders(): boolean {
  return seesOrders(useMe().permissions);
}

export function useCity(): City {
  return useQuery(cityQuery).data ?? NO_CITY;
}

export async function signIn(userName: string, password: string): Promise<Me> {
  const me = await read(api.POST('/api/accounts/sign-in', { body: { user_name: userName, password } }));
  cache.clear();
  cache.setQueryData(meQuery.queryKey, me);
  if (!storedLang() && me.language) await chooseLang(me.language);
  return me;
}

export async function signOut(): Promise<void> {
  await done(api.POST('/api/accounts/sign-out'));
  cache.clear();
}

/** The person signed in, or undefined. */
export async function whoIsIn(): Promise<Me | undefined> {
  try {
    return await cache.ensureQueryData(meQuery);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
}
