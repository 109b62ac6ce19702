import { flag, oneOf, text, viewOf } from '../../routing/search';

export const TYPES = ['simple', 'ratio', 'derived'] as const;
export const RANGES = ['7d', '30d', '12w', '12m'] as const;
export const TABS = ['words', 'yaml', 'sql'] as const;

export const metricsView = viewOf({
  q: text(),
  owner: text(),
  type: text(),
  sort: text(),
  down: flag(),
});

export const metricView = viewOf({
  tab: oneOf(TABS, 'words'),
  range: oneOf(RANGES, '30d'),
  by: text(),
});
