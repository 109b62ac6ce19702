import { oneOf, text, viewOf } from '../../routing/search';

export const STATES = ['done', 'failed', 'running', 'waiting', 'never'] as const;

export const sourcesView = viewOf({ q: text(), state: oneOf(['', ...STATES], ''), owner: text() });
export const sourceView = viewOf({ feed: text() });
