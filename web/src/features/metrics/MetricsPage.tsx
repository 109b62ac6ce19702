/** Every metric of the city: one agreed meaning for each number, who owns it and where it is used. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { Card } from '../../ui/Card';
import type { Column } from '../../ui/DataTable';
import { FilteredTable } from '../../ui/FilteredTable';
import { Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFilters } from '../../ui/useFilters';
import { useNarrow } from '../../ui/useNarrow';
import { Latest } from './Latest';
import css from './metrics.module.css';
import { lineageQuery, type Metric, metricsQuery } from './queries';
import { byOwner } from './ranking';
import { metricsView, TYPES } from './views';
import { textOf } from './words';

export function MetricsPage() {
  const { t } = useTranslation('metrics');
  const query = useQuery(metricsQuery);
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <StateView
        query={query}
        height={520}
        isEmpty={(all) => all.length === 0}
        empty={<Empty height={400} title={t('none')} hint={t('noneHint')} />}
      >
        {(all) => <Metrics all={all} />}
      </StateView>
    </Page>
  );
}

function Metrics({ all }: { all: Metric[] }) {
  const { t } = useTranslation('metrics');
  const department = useDepartment();
  const navigate = useNavigate();
  const lineage = useQuery(lineageQuery).data;
  const filters = useFilters(metricsView, all, {
    textOf,
    facets: {
      owner: { label: t('column.owner'), of: (each) => each.owner, words: department },
      type: { label: t('column.type'), of: (each) => each.type, words: (type) => t(`type.${type}`), among: TYPES },
    },
  });
  const columns = useColumns(filters.sorting.key !== '');
  return (
    <Card flush>
      <FilteredTable
        filters={filters}
        search={t('search')}
        label={t('title')}
        columns={columns}
        rows={byOwner(filters.shown, lineage ?? [])}
        groupOf={(each) => department(each.owner)}
        keyOf={(each) => each.name}
        onOpen={(each) => void navigate({ to: '/metrics/$name', params: { name: each.name } })}
        csv={t('title')}
      />
    </Card>
  );
}

function useColumns(isSorted: boolean): Column<Metric>[] {
  const { t } = useTranslation('metrics');
  const say = useSay();
  const department = useDepartment();
  const narrow = useNarrow();
  const lineage = useQuery(lineageQuery).data;
  const lineageOf = (metric: Metric) => lineage?.find((each) => each.metric === metric.name);
  const usersOf = (metric: Metric) => lineageOf(metric)?.used_by ?? [];
  const title: Column<Metric> = {
    key: 'title',
    title: t('column.title'),
    width: narrow ? 190 : 320,
    value: (each) => say(each.title, each.name),
    render: (each) => (
      <span className={css.named}>
        <Link
          to="/metrics/$name"
          params={{ name: each.name }}
          className={css.title}
          tabIndex={-1}
          onClick={(event) => event.stopPropagation()}
        >
          {say(each.title, each.name)}
        </Link>
        <code className={css.name}>{each.name}</code>
        {each.description && !narrow && <span className={css.words}>{say(each.description)}</span>}
      </span>
    ),
  };
  const latest: Column<Metric> = {
    key: 'latest',
    title: t('column.latest'),
    width: narrow ? 130 : 240,
    render: (each) => {
      const found = lineageOf(each);
      return found && <Latest metric={each} hasTime={found.has_time} />;
    },
  };
  const owner: Column<Metric> = {
    key: 'owner',
    title: t('column.owner'),
    width: 160,
    value: (each) => department(each.owner),
  };
  if (narrow) return [title, latest];
  return [
    title,
    latest,
    ...(isSorted ? [owner] : []),
    {
      key: 'type',
      title: t('column.type'),
      width: 110,
      value: (each) => each.type,
      render: (each) => <StatusTag>{t(`type.${each.type}`)}</StatusTag>,
    },
    {
      key: 'direction',
      title: t('column.direction'),
      width: 110,
      value: (each) => each.direction,
      render: (each) => <span className="muted">{t(`direction.${each.direction}`)}</span>,
    },
    {
      key: 'used',
      title: t('column.used'),
      width: 240,
      value: (each) => usersOf(each).length,
      render: (each) => {
        const users = usersOf(each);
        if (users.length === 0) return <span className="muted">{t('unused')}</span>;
        return (
          <span className={css.words}>
            {users
              .slice(0, 2)
              .map((user) => say(user.title, user.name))
              .join(t('comma'))}
            {users.length > 2 && ` ${t('more', { count: String(users.length - 2) })}`}
          </span>
        );
      },
    },
  ];
}
