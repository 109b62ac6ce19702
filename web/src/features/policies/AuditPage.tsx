/** Who did or saw what, when and why: found by filters, page by page; and whether the log is still what it was. */
import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { Kpi } from '../../ui/Kpi';
import { Cells, Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { Words } from '../../ui/Words';
import { AuditFilters } from './AuditFilters';
import css from './audit.module.css';
import { EntryDrawer } from './EntryDrawer';
import { type Entry, entriesQuery, fileOf, overviewQuery, PAGE } from './queries';
import { useAuditWords } from './useAuditWords';
import { Verification } from './Verification';
import { auditView, NO_FILTER } from './views';

export function AuditPage() {
  const { t } = useTranslation('audit');
  const [view, change] = useView(auditView);
  return (
    <Page
      title={t('title')}
      subtitle={t('subtitle')}
      actions={
        <Button href={fileOf(view)} download icon={<DownloadOutlined aria-hidden="true" />}>
          {t('export')}
        </Button>
      }
    >
      <Figures />
      <Verification />
      <Card flush>
        <AuditFilters />
        <Entries />
      </Card>
      <EntryDrawer seq={view.entry} onClose={() => change({ entry: 0 })} />
    </Page>
  );
}

function Figures() {
  const { t } = useTranslation('audit');
  const [, change] = useView(auditView);
  const { data } = useQuery(overviewQuery);
  const today = data?.today ?? '';
  const start = { ...NO_FILTER, before: 0, after: -1 };
  return (
    <>
      <h2 className="unseen">{t('figures')}</h2>
      <Cells least={160}>
        <Kpi title={t('kpi.entries')} value={data?.entries} note={t('kpi.entriesNote')} onOpen={() => change(start)} />
        <Kpi title={t('kpi.today')} value={data?.entries_today} onOpen={() => change({ ...start, since: today })} />
        <Kpi title={t('kpi.actors')} value={data?.actors_today} note={t('kpi.actorsNote')} />
        <Kpi
          title={t('kpi.refused')}
          value={data?.refused_today}
          onOpen={() => change({ ...start, since: today, outcome: 'refused' })}
        />
        <Kpi
          title={t('kpi.exports')}
          value={data?.exports_today}
          onOpen={() => change({ ...start, since: today, verb: 'export' })}
        />
      </Cells>
    </>
  );
}

function Entries() {
  const { t } = useTranslation('audit');
  const [view, change] = useView(auditView);
  const query = useQuery(entriesQuery(view));
  const words = useAuditWords();
  const columns = useColumns();
  return (
    <StateView query={query} height={560}>
      {(entries) => (
        <>
          <DataTable
            label={t('title')}
            columns={columns}
            rows={entries}
            keyOf={(each) => String(each.seq)}
            nameOf={(each) => [each.seq, words.verb(each.verb), words.actor(each.actor, each.actor_name)].join(' · ')}
            onOpen={(each) => change({ entry: each.seq }, 'push')}
            openKey={String(view.entry)}
            loading={query.isPlaceholderData}
            empty={
              <Empty
                height={240}
                title={t('none')}
                hint={t('noneHint')}
                action={<Button onClick={() => change({ ...NO_FILTER, before: 0, after: -1 })}>{t('clear')}</Button>}
              />
            }
          />
          <Pager entries={entries} />
        </>
      )}
    </StateView>
  );
}

/** Older and newer entries; the address keeps the place. */
function Pager({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation('audit');
  const [view, change] = useView(auditView);
  const { full } = useFormat();
  const [first, last] = [entries[0]?.seq, entries.at(-1)?.seq];
  const isNewest = view.before === 0 && view.after < 0;
  const isFull = entries.length === PAGE;
  return (
    <nav className={css.pager} aria-label={t('pages')}>
      <span className="muted number">{first && last ? t('range', { first: full(first), last: full(last) }) : ''}</span>
      <Button size="small" disabled={isNewest} onClick={() => change({ before: 0, after: -1 }, 'push')}>
        {t('newest')}
      </Button>
      <Button
        size="small"
        disabled={isNewest || (view.after >= 0 && !isFull)}
        onClick={() => change({ after: first ?? view.before - 1, before: 0 }, 'push')}
      >
        {t('newer')}
      </Button>
      <Button
        size="small"
        disabled={!last || last <= 1 || (view.after < 0 && !isFull)}
        onClick={() => change({ before: last ?? 0, after: -1 }, 'push')}
      >
        {t('older')}
      </Button>
    </nav>
  );
}

function useColumns(): Column<Entry>[] {
  const { t } = useTranslation('audit');
  const { fullMoment, moment } = useFormat();
  const words = useAuditWords();
  const narrow = useNarrow();
  const seq: Column<Entry> = {
    key: 'seq',
    title: t('column.seq'),
    width: 84,
    isNumber: true,
    value: (each) => each.seq,
  };
  const what: Column<Entry> = {
    key: 'what',
    title: t('column.what'),
    width: narrow ? 190 : 280,
    render: (each) => (
      <span className={css.what}>
        <span>{words.verb(each.verb)}</span>
        <small>
          <Words of={words.things(each)} />
        </small>
      </span>
    ),
  };
  const outcome: Column<Entry> = {
    key: 'outcome',
    title: t('column.outcome'),
    width: 96,
    render: (each) => {
      const { words: said, tone } = words.outcome(each.outcome);
      return <StatusTag tone={tone}>{said}</StatusTag>;
    },
  };
  const who: Column<Entry> = {
    key: 'actor',
    title: t('column.actor'),
    width: narrow ? 110 : 180,
    render: (each) => (
      <span className={css.what}>
        <span>
          <Words of={words.actor(each.actor, each.actor_name)} />
        </span>
        {!narrow && <small>{each.actor}</small>}
      </span>
    ),
  };
  if (narrow) return [what, who, outcome];
  const at: Column<Entry> = {
    key: 'at',
    title: t('column.at'),
    width: 164,
    render: (each) => <time title={moment(each.at)}>{fullMoment(each.at)}</time>,
  };
  const why: Column<Entry> = {
    key: 'purpose',
    title: t('column.purpose'),
    width: 90,
    render: (each) => words.purpose(each.purpose),
  };
  return [seq, at, who, what, why, outcome];
}
