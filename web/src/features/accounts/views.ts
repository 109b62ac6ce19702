/** View state of the page of people, as it stands in the URL. */
import { flag, oneOf, text, viewOf } from '../../routing/search';

export const TABS = ['people', 'requests', 'departments', 'roles', 'keys', 'account'] as const;
/** Tabs of those who manage people. */
export const MANAGED: readonly string[] = ['people', 'requests'];
export type Tab = (typeof TABS)[number];

/** `who` is the person whose details are open, `+` somebody new. */
export const peopleView = viewOf({
  tab: oneOf(['', ...TABS], ''),
  q: text(),
  department: text(),
  role: text(),
  state: text(),
  sort: text(),
  down: flag(),
  who: text(),
});
