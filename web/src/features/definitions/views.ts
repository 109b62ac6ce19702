import { flag, oneOf, text, viewOf, whole } from '../../routing/search';

export const TABS = ['edit', 'versions'] as const;

export const definitionsView = viewOf({
  kind: text(),
  q: text(),
  owner: text(),
  sort: text(),
  down: flag(),
});

/** `before` and `after` are the versions compared, 0: the newest two. */
export const definitionView = viewOf({ tab: oneOf(TABS, 'edit'), before: whole(0), after: whole(0) });

/** `copy` names the definition to begin with. */
export const newView = viewOf({ copy: text() });
