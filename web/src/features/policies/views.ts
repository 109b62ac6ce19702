/** View state of the audit page, as it stands in the URL. */
import { oneOf, text, viewOf, whole } from '../../routing/search';

export const THINGS = ['dataset', 'source', 'alert', 'order', 'case', 'definition', 'person', 'key', 'audit'] as const;
export type ThingKind = (typeof THINGS)[number];

export const OUTCOMES = ['done', 'refused'] as const;

/** `before` and `after` are cursors: numbers of entries; `entry` is the one whose details are open. */
export const auditView = viewOf({
  since: text(),
  until: text(),
  actor: text(),
  verb: text(),
  kind: oneOf(['', ...THINGS], ''),
  thing: text(),
  purpose: text(),
  outcome: oneOf(['', ...OUTCOMES], ''),
  q: text(),
  before: whole(0),
  after: whole(-1),
  entry: whole(0),
});

export const NO_FILTER = {
  since: '',
  until: '',
  actor: '',
  verb: '',
  kind: '',
  thing: '',
  purpose: '',
  outcome: '',
  q: '',
} as const;

export type AuditState = {
  -readonly [Name in keyof typeof auditView.parameters]: (typeof auditView.parameters)[Name]['initial'];
};
