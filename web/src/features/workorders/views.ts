import { flag, oneOf, text, viewOf, whole } from '../../routing/search';

export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;
export const STATUSES = ['open', 'accepted', 'finished', 'cancelled'] as const;
/** Stages that the headline counts for who may not read the orders as data. */
export const COUNTED = ['open', 'accepted', 'finished'] as const;
export const SHAPES = ['board', 'list', 'map'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** One set of filters for board, list and map; `order` is the one whose drawer is open. */
export const workordersView = viewOf({
  view: oneOf(SHAPES, 'board'),
  q: text(),
  department: text(),
  priority: oneOf(['', ...PRIORITIES], ''),
  status: oneOf(['', ...STATUSES], ''),
  alert: text(),
  overdue: flag(),
  mine: flag(),
  page: whole(1),
  order: text(),
  create: flag(),
});

/** What takes every filter away. */
export const NO_FILTERS = {
  q: '',
  department: '',
  priority: '',
  status: '',
  alert: '',
  overdue: false,
  mine: false,
  page: 1,
} as const;

export interface Filters {
  q: string;
  department: string;
  priority: '' | Priority;
  alert: string;
  overdue: boolean;
  mine: boolean;
}

/** Only what filters, so that a drawer that opens asks nothing anew. */
/** Whether a filter holds. */
export function isFiltered(filters: Filters): boolean {
  return Object.values(filtersOf(filters)).some((each) => each !== '' && each !== false);
}

export function filtersOf({ q, department, priority, alert, overdue, mine }: Filters): Filters {
  return { q, department, priority, alert, overdue, mine };
}
