import { oneOf, text, viewOf } from '../../routing/search';

export const TABS = ['firing', 'rules', 'history'] as const;
export const PAST = ['7d', '14d', '30d'] as const;
export const alertsView = viewOf({ tab: oneOf(TABS, 'firing'), q: text() });
export const alertView = viewOf({ past: oneOf(PAST, '7d'), threshold: text() });
