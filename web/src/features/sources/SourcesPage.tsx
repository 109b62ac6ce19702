/** Every source: how it is connected, when it comes, how its last load went. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { Card } from '../../ui/Card';
import type { Column } from '../../ui/DataTable';
import { FilteredTable } from '../../ui/FilteredTable';
import { Kpi } from '../../ui/Kpi';
import { Cells, Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { useFilters } from '../../ui/useFilters';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { datasetsQuery, type Source, sourcesQuery } from './queries';
import { SourceState, stateOf } from './SourceState';
import css from './sources.module.css';
import { STATES, secondsOf, sourcesView } from './views';
import { textOf } from './words';

export function SourcesPage() {
  const { t } = useTranslation('sources');
  const query = useQuery(sourcesQuery);
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <StateView
        query={query}
        height={480}
        isEmpty={(all) => all.length === 0}
        empty={<Empty height={400} title={t('none')} hint={t('noneHint')} />}
      >
        {(all) => <Sources all={all} />}
      </StateView>
    </Page>
  );
}

function Sources({ all }: { all: Source[] }) {
  const { t } = useTranslation('sources');
  const department = useDepartment();
  const navigate = useNavigate();
  const columns = useColumns();
  const filters = useFilters(sourcesView, all, {
    textOf: (each) => `${textOf(each)} ${department(each.owner)}`,
    facets: {
      owner: { label: t('column.owner'), of: (each) => each.owner, words: department },
      state: { label: t('column.state'), of: stateOf, words: (state) => t(`state.${state}`), among: STATES },
    },
  });
  const failed = all.filter((each) => stateOf(each) === 'failed').length;
  return (
    <>
      <h2 className="unseen">{t('summary')}</h2>
      <Cells least={160}>
        <Kpi title={t('kpi.sources')} value={all.length} onOpen={filters.clear} />
        <Kpi title={t('kpi.datasets')} value={new Set(all.flatMap((each) => each.datasets)).size} />
        <Kpi title={t('kpi.scheduled')} value={all.filter((each) => each.every).length} note={t('kpi.scheduledNote')} />
        <Kpi title={t('kpi.failed')} value={failed} onOpen={() => filters.set('state', 'failed')} />
      </Cells>
      <Card flush>
        <FilteredTable
          filters={filters}
          search={t('search')}
          label={t('title')}
          columns={columns}
          keyOf={(each) => each.name}
          onOpen={(each) => void navigate({ to: '/sources/$name', params: { name: each.name } })}
          csv={t('title')}
        />
      </Card>
    </>
  );
}

function useColumns(): Column<Source>[] {
  const { t } = useTranslation('sources');
  const say = useSay();
  const department = useDepartment();
  const narrow = useNarrow();
  const { relative, fullMoment, duration } = useFormat();
  const titles = new Map(useQuery(datasetsQuery).data?.map((each) => [each.name, say(each.title, each.name)]));
  const title: Column<Source> = {
    key: 'title',
    title: t('column.title'),
    width: narrow ? 200 : 240,
    value: (each) => say(each.title, each.name),
    render: (each) => (
      <span className={css.named}>
        <Link
          to="/sources/$name"
          params={{ name: each.name }}
          className={css.title}
          tabIndex={-1}
          onClick={(event) => event.stopPropagation()}
        >
          {say(each.title, each.name)}
        </Link>
        <code className={css.name}>{each.name}</code>
      </span>
    ),
  };
  const state: Column<Source> = {
    key: 'state',
    title: t('column.state'),
    width: 150,
    value: (each) => stateOf(each),
    render: (each) => (
      <span className={css.named}>
        <span>
          <SourceState source={each} />
        </span>
        {each.state?.error && <span className={css.error}>{each.state.error}</span>}
      </span>
    ),
  };
  if (narrow) return [title, { ...state, width: 130 }];
  return [
    title,
    state,
    { key: 'owner', title: t('column.owner'), width: 150, value: (each) => department(each.owner) },
    {
      key: 'connector',
      title: t('column.connector'),
      width: 110,
      value: (each) => each.connector,
      render: (each) => t(`connector.${each.connector}`, each.connector),
    },
    {
      key: 'datasets',
      title: t('column.datasets'),
      width: 200,
      value: (each) => each.datasets.length,
      render: (each) => (
        <span className={css.datasets}>
          {each.datasets.map((name) => (
            <Link key={name} to="/datasets/$name" params={{ name }} onClick={(event) => event.stopPropagation()}>
              {titles.get(name) ?? name}
            </Link>
          ))}
        </span>
      ),
    },
    {
      key: 'every',
      title: t('column.every'),
      width: 100,
      value: (each) => each.every,
      render: (each) => (each.every ? t('every', { span: duration(secondsOf(each.every)) }) : t('byHand')),
    },
    {
      key: 'last',
      title: t('column.last'),
      width: 120,
      value: (each) => each.state?.finished_at,
      render: (each) => <span title={fullMoment(each.state?.finished_at)}>{relative(each.state?.finished_at)}</span>,
    },
    {
      key: 'next',
      title: t('column.next'),
      width: 120,
      value: (each) => each.state?.next_at,
      render: (each) => <span title={fullMoment(each.state?.next_at)}>{relative(each.state?.next_at)}</span>,
    },
  ];
}
