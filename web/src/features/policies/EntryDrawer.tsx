/** One entry in full: who, what, why, which rule decided, and how it is chained to the one before. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from '../../ui/CodeView';
import { SideDrawer } from '../../ui/SideDrawer';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import css from './audit.module.css';
import { type Entry, entryQuery } from './queries';
import { useAuditWords } from './useAuditWords';
import type { ThingKind } from './views';

export function EntryDrawer({ seq, onClose }: { seq: number; onClose: () => void }) {
  const { t } = useTranslation('audit');
  const query = useQuery({ ...entryQuery(seq), enabled: seq > 0 });
  return (
    <SideDrawer open={seq > 0} onClose={onClose} title={t('entry', { seq: String(seq) })} width={600}>
      <StateView query={query} height={420}>
        {(entry) => (entry ? <Details entry={entry} /> : <Empty title={t('gone')} hint={t('goneHint')} />)}
      </StateView>
    </SideDrawer>
  );
}

function Details({ entry }: { entry: Entry }) {
  const { t } = useTranslation('audit');
  const { fullMoment } = useFormat();
  const words = useAuditWords();
  const { words: said, tone } = words.outcome(entry.outcome);
  const { query, rules, ...rest } = entry.details;
  const facts: [string, ReactNode][] = [
    [t('column.at'), fullMoment(entry.at)],
    [
      t('column.actor'),
      <Link key="actor" to="/audit" search={{ actor: entry.actor }}>
        {words.actor(entry.actor, entry.actor_name)} <code>{entry.actor}</code>
      </Link>,
    ],
    [
      t('column.what'),
      <span key="verb">
        {words.verb(entry.verb)} <code>{entry.verb}</code>
      </span>,
    ],
    [t('about'), <Things key="things" entry={entry} />],
    [t('column.purpose'), words.purpose(entry.purpose)],
    [
      t('column.outcome'),
      <StatusTag key="outcome" tone={tone}>
        {said}
      </StatusTag>,
    ],
    [t('rules'), rulesOf(rules) || t(entry.outcome === 'refused' ? 'noRule' : 'ruleless')],
    [t('hash'), <code key="hash">{entry.hash}</code>],
    [t('previous'), entry.previous ? <code key="previous">{entry.previous}</code> : t('previousMissing')],
  ];
  return (
    <>
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {typeof query === 'string' && (
        <>
          <h3 className={css.part}>{t('query')}</h3>
          <CodeView code={query} language="sql" label={t('query')} height={140} />
        </>
      )}
      <h3 className={css.part}>{t('details')}</h3>
      <CodeView code={JSON.stringify(rest, null, 2)} language="json" label={t('details')} height={220} />
    </>
  );
}

function rulesOf(rules: unknown): string {
  if (typeof rules !== 'object' || rules === null) return '';
  return Object.entries(rules)
    .map(([dataset, names]) => `${dataset}: ${Array.isArray(names) ? names.join(', ') : ''}`)
    .join('; ');
}

function Things({ entry }: { entry: Entry }) {
  const { t } = useTranslation('audit');
  if (entry.things.length === 0) return <code>{entry.target}</code>;
  return (
    <ul className={css.things}>
      {entry.things.map(({ kind, name }) => (
        <li key={`${kind} ${name}`}>
          <span>
            {t(`things.${kind}`)} {kind === 'audit' ? '' : <Open kind={kind} name={name} />}
          </span>
          {kind !== 'audit' && (
            <Link to="/audit" search={{ kind, thing: name }} className="muted">
              {t('alike')}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function Open({ kind, name }: { kind: ThingKind; name: string }) {
  if (kind === 'dataset')
    return (
      <Link to="/datasets/$name" params={{ name }}>
        {name}
      </Link>
    );
  if (kind === 'source')
    return (
      <Link to="/sources/$name" params={{ name }}>
        {name}
      </Link>
    );
  const pages = {
    alert: '/alerts',
    order: '/workorders',
    definition: '/definitions',
    person: '/people',
    key: '/people',
  } as const;
  if (kind === 'case' || kind === 'audit') return <code>{name}</code>;
  return <Link to={pages[kind]}>{name}</Link>;
}
