/** Departments by name: every page that shows an owner needs their titles. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSay } from '../i18n/texts';
import { api, read } from './client';

export const departmentsQuery = queryOptions({
  queryKey: ['session', 'departments'],
  queryFn: ({ signal }) => read(api.GET('/api/accounts/departments', { signal })),
  staleTime: 10 * 60_000,
});

/** Returns `department(name)`: its title, its name where it is unknown, – where there is none. */
export function useDepartment(): (name: string | null | undefined) => string {
  const { data } = useQuery(departmentsQuery);
  const say = useSay();
  return (name) => (name ? say(data?.find((each) => each.name === name)?.title, name) : '–');
}
