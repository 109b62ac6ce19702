/** What the URL of a dashboard says: filters, range, the tile whose details are open. */
import { type Filter, isFilters } from '../../query/model';
import { shape, text, viewOf } from '../../routing/search';

const NO_FILTERS: readonly Filter[] = [];

export const galleryView = viewOf({ q: text(), owner: text() });

export const boardView = viewOf({
  filters: shape(isFilters, NO_FILTERS),
  range: text(),
  tile: text(),
});

/** What the URL of the cockpit says: which screen, and the tile whose details are open. */
export const screenView = viewOf({ screen: text(), tile: text() });
