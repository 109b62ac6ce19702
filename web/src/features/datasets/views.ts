/** View state of the catalogue and of one dataset, as it stands in the URL. */
import { flag, list, oneOf, text, viewOf } from '../../routing/search';

export const SHARING = ['unconditional', 'conditional', 'none'] as const;
export const TABS = ['fields', 'rows', 'batches', 'versions', 'quarantine', 'lineage'] as const;

/** What one reads for; each may have other rules. */
export const PURPOSES = ['analysis', 'preview', 'export'] as const;

export const catalogueView = viewOf({
  q: text(),
  owner: text(),
  level: text(),
  sharing: text(),
  fresh: text(),
  sort: text(),
  down: flag(),
});

export const datasetView = viewOf({
  tab: oneOf(TABS, 'fields'),
  why: flag(),
  purpose: oneOf(PURPOSES, 'analysis'),
  order: text(),
  rule: text(),
  row: text(),
  picked: list(),
});
