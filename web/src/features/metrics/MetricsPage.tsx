/** Every metric of the city: one agreed meaning for each number, who owns it and where it is used. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { FilterBar, FilterSelect, SearchField } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useNarrow } from '../../ui/useNarrow';
import { met } from './filters';
import { Latest } from './Latest';
import css from './metrics.module.css';
import { lineageQuery, type Metric, metricsQuery } from './queries';
import { byOwner } from './ranking';
import { metricsView, SORTS, TYPES } from './views';

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
  const [view, change] = useView(metricsView);
  const department = useDepartment();
  const navigate = useNavigate();
  const isSorted = view.sort !== '';
  const columns = useColumns(isSorted);
  const lineage = useQuery(lineageQuery).data;
  const owners = [...new Set(all.map((each) => each.owner))].filter((each) => each !== null);
  const shown = all.filter(
    (each) =>
      met(each, view.q) && (!view.owner || each.owner === view.owner) && (!view.type || each.type === view.type),
  );
  return (
    <Card flush>
      <FilterBar above>
        <SearchField value={view.q} onChange={(q) => change({ q })} label={t('search')} width={280} />
        <FilterSelect
          label={t('column.owner')}
          value={view.owner}
          none=""
          options={owners.map((value) => ({ value, label: department(value) }))}
          onChange={(owner) => change({ owner })}
        />
        <FilterSelect
          label={t('column.type')}
          value={view.type}
          none=""
          options={TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
          onChange={(type) => change({ type })}
        />
      </FilterBar>
      <DataTable
        label={t('title')}
        columns={columns}
        rows={byOwner(shown, lineage ?? [])}
        groupOf={(each) => department(each.owner)}
        keyOf={(each) => each.name}
        onOpen={(each) => void navigate({ to: '/metrics/$name', params: { name: each.name } })}
        sorting={{ key: view.sort, descending: view.down }}
        onSort={(sorting) =>
          change({ sort: SORTS.find((each) => each === sorting?.key) ?? '', down: sorting?.descending ?? false })
        }
        caption={<span aria-live="polite">{t('count', { shown: String(shown.length), all: String(all.length) })}</span>}
        csv={t('title')}
        empty={<Empty title={t('unmet')} height={200} />}
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
