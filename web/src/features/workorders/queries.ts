/** What the pages of work orders ask. Keys begin with `workorders`, so that live news fetches them anew. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read, type Schema } from '../../api/client';
import type { operations } from '../../api/schema';
import type { Filters, STATUSES } from './views';

export type Order = Schema<'OrderBody'>;
export type Detail = Schema<'DetailBody'>;
export type Waiting = Schema<'WaitingBody'>;
type Status = (typeof STATUSES)[number];

export interface Listed {
  orders: Order[];
  /** On all pages. */
  total: number;
}

/** Open orders that a board draws; more is a list's work. */
const MOST_OPEN = 500;
const MOST_FINISHED = 40;
export const PAGE_SIZE = 100;

interface Part {
  status: Status[];
  limit: number;
  offset?: number;
}

export const boardQuery = (filters: Filters) =>
  queryOptions({
    queryKey: ['workorders', 'board', filters],
    queryFn: async ({ signal }) => {
      const [open, finished] = await Promise.all([
        list(filters, { status: ['open', 'accepted'], limit: MOST_OPEN }, signal),
        filters.overdue
          ? { orders: [], total: 0 }
          : list(filters, { status: ['finished'], limit: MOST_FINISHED }, signal),
      ]);
      return { open, finished };
    },
    placeholderData: keepPreviousData,
  });
export type Board = Awaited<ReturnType<NonNullable<ReturnType<typeof boardQuery>['queryFn']>>>;

export const listQuery = (filters: Filters, status: Status | '', page: number) =>
  queryOptions({
    queryKey: ['workorders', 'list', filters, status, page],
    queryFn: ({ signal }) =>
      list(
        filters,
        { status: status ? [status] : [], limit: PAGE_SIZE, offset: (Math.max(page, 1) - 1) * PAGE_SIZE },
        signal,
      ),
    placeholderData: keepPreviousData,
  });

export const orderQuery = (number: string) =>
  queryOptions({
    queryKey: ['workorders', 'one', number],
    enabled: number !== '',
    queryFn: ({ signal }) => read(api.GET('/api/workorders/{order}', { params: { path: { order: number } }, signal })),
  });

/** Orders that match words, for the palette. */
export const found = (text: string, limit: number, signal: AbortSignal) =>
  read(api.GET('/api/workorders', { params: { query: { text, limit } }, signal }));

export const overdueQuery = queryOptions({
  queryKey: ['workorders', 'overdue'],
  queryFn: ({ signal }) => ask({ is_overdue: true, limit: 50 }, signal),
});

/** How many of the orders that one sees stand where. */
export const countsQuery = queryOptions({
  queryKey: ['workorders', 'board', 'counts'],
  queryFn: ({ signal }) => read(api.GET('/api/workorders/board', { signal })),
});

/** The alert's event and rule behind an order; who may not see alerts gets nothing. */
export const causeQuery = (alert: string, episode: string) =>
  queryOptions({
    queryKey: ['alerts', 'cause', alert, episode],
    retry: false,
    queryFn: async ({ signal }) => {
      const [event, rule] = await Promise.all([
        read(api.GET('/api/alerts/events/{event}', { params: { path: { event: episode } }, signal })),
        read(api.GET('/api/alerts/{alert}', { params: { path: { alert } }, signal })),
      ]);
      return { event, definition: rule.definition };
    },
  });

export type Figure = 'orders_opened' | 'orders_on_time_share' | 'order_handling_minutes';

/** A metric of the orders themselves over a range; keyed by `metrics`, for its data comes back in as a dataset. */
export const figuresQuery = (metrics: Figure[], range: Schema<'Range'>) =>
  queryOptions({
    queryKey: ['metrics', 'answer', 'workorders', metrics, range],
    queryFn: ({ signal }) =>
      read(api.POST('/api/query', { body: { metrics, by: [], filters: [], order: [], totals: false, range }, signal })),
  });

function list(filters: Filters, part: Part, signal: AbortSignal): Promise<Listed> {
  return ask(
    {
      status: part.status,
      limit: part.limit,
      offset: part.offset ?? 0,
      mine: filters.mine,
      ...(filters.q ? { text: filters.q.slice(0, 200) } : {}),
      ...(filters.department ? { department: filters.department } : {}),
      ...(filters.priority ? { priority: filters.priority } : {}),
      ...(filters.alert ? { alert: filters.alert } : {}),
      ...(filters.overdue ? { is_overdue: true } : {}),
    },
    signal,
  );
}

type Wanted = NonNullable<operations['list_orders']['parameters']['query']>;

async function ask(query: Wanted, signal: AbortSignal): Promise<Listed> {
  const call = api.GET('/api/workorders', { params: { query }, signal });
  const orders = await read(call);
  const total = Number((await call).response.headers.get('X-Total-Count') ?? orders.length);
  return { orders, total };
}
