import { queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';

export type Demo = Schema<'DemoOut'>;
export type Happening = Schema<'HappeningOut'>;

/** How the demo city lives; fetched anew by live news and, since its clock runs, every few seconds. */
export const demoQuery = queryOptions({
  queryKey: ['demo', 'all'],
  queryFn: ({ signal }) => read(api.GET('/api/demo', { signal })),
  refetchInterval: 5_000,
});

export function changeDemo(body: Schema<'DemoChange'>): Promise<Demo> {
  return read(api.PATCH('/api/demo', { body }));
}

export function makeHappen(body: Schema<'NewHappening'>): Promise<Happening> {
  return read(api.POST('/api/demo/happenings', { body }));
}
