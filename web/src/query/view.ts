/** The state of the Explore page in the URL; dashboards and answers link to it. */
import { list, oneOf, shape, stateOf, text, viewOf, whole } from '../routing/search';
import { type Filter, GRAINS, isComplete, isFilters, type Query, rangeOf, rangeText } from './model';

const NO_FILTERS: readonly Filter[] = [];
export const CHARTS = ['auto', 'kpi', 'line', 'bar', 'stacked', 'heat', 'pie', 'map', 'table'] as const;

export const exploreView = viewOf({
  metrics: list(),
  by: list(),
  grain: oneOf(['none', ...GRAINS], 'none'),
  range: text(),
  filters: shape(isFilters, NO_FILTERS),
  order: text(),
  limit: whole(0),
  chart: oneOf(CHARTS, 'auto'),
});

/** What the URL of Explore says for `query`. */
function stateOfQuery(query: Query) {
  const [first] = query.order;
  return {
    metrics: query.metrics,
    by: query.by,
    grain: query.grain ?? 'none',
    range: rangeText(query.range),
    filters: query.filters,
    order: first ? `${first.descending ? '-' : ''}${first.by}` : '',
    limit: query.limit ?? 0,
  };
}

/** Search parameters for `<Link to="/explore" search={…}>`. */
export function exploreSearch(query: Query, chart = 'auto') {
  return exploreView.read({ ...stateOfQuery(query), chart });
}

export type ExploreState = ReturnType<typeof exploreStateOf>;

export function exploreStateOf(search: Record<string, unknown>) {
  return stateOf(exploreView, search);
}

export function queryOfState(state: ExploreState): Query {
  const by = state.order.replace(/^-/, '');
  return {
    metrics: [...state.metrics],
    by: [...state.by],
    grain: state.grain === 'none' ? null : state.grain,
    range: rangeOf(state.range),
    filters: state.filters.filter(isComplete),
    order: by ? [{ by, descending: state.order.startsWith('-') }] : [],
    limit: state.limit > 0 ? state.limit : null,
    totals: false,
  };
}
