/** One dataset: what it holds and for whom, its rows, batches, versions, quarantine and lineage. */
import { DownloadOutlined, QuestionCircleOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Dropdown, Select, Tabs } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { save } from '../../ui/csv';
import { EditDefinition } from '../../ui/EditDefinition';
import { freshnessOf } from '../../ui/freshness';
import { Kpi } from '../../ui/Kpi';
import { Cells, Page } from '../../ui/Page';
import { Skeleton, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import css from './datasets.module.css';
import { FieldsTab } from './FieldsTab';
import { LineageTab } from './LineageTab';
import { QuarantineTab } from './QuarantineTab';
import { type Dataset, datasetQuery, exportOf } from './queries';
import { RowsTab } from './RowsTab';
import { VersionsTab } from './VersionsTab';
import { datasetView, TABS } from './views';
import { WhyDrawer } from './WhyDrawer';

/** It draws, and the charts weigh more than the rest of the page. */
const BatchesTab = lazy(() => import('./BatchesTab').then((found) => ({ default: found.BatchesTab })));

const BODIES = {
  fields: FieldsTab,
  rows: RowsTab,
  batches: BatchesTab,
  versions: VersionsTab,
  quarantine: QuarantineTab,
  lineage: LineageTab,
} as const;

export function DatasetPage() {
  const { t } = useTranslation('datasets');
  const { name = '' } = useParams({ strict: false });
  const query = useQuery(datasetQuery(name));
  if (query.data) return <DatasetView key={name} dataset={query.data} />;
  return (
    <Page title={name} breadcrumb={[{ title: t('title'), to: '/datasets' }]}>
      <Card>
        <StateView query={query} height={480}>
          {() => null}
        </StateView>
      </Card>
    </Page>
  );
}

function DatasetView({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const say = useSay();
  const [view, change] = useView(datasetView);
  const department = useDepartment();
  const may = useMay();
  const Body = BODIES[view.tab];
  return (
    <Page
      title={say(dataset.title, dataset.name)}
      breadcrumb={[{ title: t('title'), to: '/datasets' }, { title: dataset.name }]}
      mark={
        <>
          <StatusTag tone="info">{t('level', { level: String(dataset.level) })}</StatusTag>
          <StatusTag>{t(`sharing.${dataset.sharing}`)}</StatusTag>
        </>
      }
      subtitle={
        <>
          {dataset.description && <>{say(dataset.description)} </>}
          {dataset.owner && (
            <Link to="/datasets" search={{ owner: dataset.owner }} className={css.underlined}>
              {department(dataset.owner)}
            </Link>
          )}
        </>
      }
      actions={
        <>
          <EditDefinition kind="dataset" name={dataset.name} />
          <Button icon={<QuestionCircleOutlined aria-hidden="true" />} onClick={() => change({ why: true }, 'push')}>
            {t('why.open')}
          </Button>
          {may('audit.view') && (
            <Link to="/audit" search={{ kind: 'dataset', thing: dataset.name }} className={css.underlined}>
              {t('looked')}
            </Link>
          )}
          <Export dataset={dataset} />
        </>
      }
    >
      <Facts dataset={dataset} />
      <Card flush>
        <TabBar tab={view.tab} onChange={(tab) => change({ tab })} />
        <Suspense fallback={<Skeleton height={480} />}>
          <Body dataset={dataset} />
        </Suspense>
      </Card>
      <WhyDrawer dataset={dataset} open={view.why} onClose={() => change({ why: false })} />
    </Page>
  );
}

type Tab = (typeof TABS)[number];

/** Tabs; on phones a select, which needs no scrolling. */
function TabBar({ tab, onChange }: { tab: Tab; onChange: (tab: Tab) => void }) {
  const { t } = useTranslation('datasets');
  const narrow = useNarrow();
  if (narrow)
    return (
      <div style={{ padding: '12px 16px' }}>
        <Select
          aria-label={t('tabs')}
          value={tab}
          onChange={onChange}
          options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
          style={{ width: '100%' }}
        />
      </div>
    );
  return (
    <Tabs
      activeKey={tab}
      onChange={(key) => onChange(TABS.find((each) => each === key) ?? 'fields')}
      items={TABS.map((key) => ({ key, label: t(`tab.${key}`) }))}
      tabBarStyle={{ padding: '0 16px', margin: 0 }}
    />
  );
}

function Facts({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const { now, relative, fullMoment } = useFormat();
  const [, change] = useView(datasetView);
  const { at } = freshnessOf(dataset, now());
  return (
    <>
      <h2 className="unseen">{t('summary')}</h2>
      <Cells least={160}>
        <Kpi
          title={t('column.rows')}
          value={dataset.rows}
          words={{ format: 'integer' }}
          note={t('facts.fields', { count: String(dataset.fields.length) })}
          onOpen={() => change({ tab: 'rows' })}
        />
        <Kpi
          title={t('column.quality')}
          value={dataset.quality}
          words={{ format: 'percent' }}
          note={t('facts.quality')}
          onOpen={() => change({ tab: 'batches' })}
        />
        <Kpi
          title={t('column.quarantined')}
          value={dataset.quarantined}
          words={{ format: 'integer' }}
          note={t('facts.aside')}
          onOpen={() => change({ tab: 'quarantine' })}
        />
        <Kpi
          title={t('facts.version')}
          value={dataset.version}
          words={{ format: 'integer' }}
          note={dataset.as_of ? t('facts.published', { at: relative(dataset.as_of) }) : t('fresh.none')}
          onOpen={() => change({ tab: 'versions' })}
        />
        <Kpi
          title={t('facts.age')}
          value={at ? Math.max(0, (now().getTime() - new Date(at).getTime()) / 1000) : null}
          words={{ format: 'duration', unit: 's' }}
          note={dataset.newest ? t('facts.newest', { at: fullMoment(at) }) : t('facts.noTime')}
        />
      </Cells>
    </>
  );
}

function Export({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const toast = useToast();
  const onError = useToldError();
  const take = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') => exportOf(dataset.name, format),
    onSuccess: (file, format) => {
      save(`${dataset.name}.${format}`, file);
      toast(t('export.done'), 'good');
    },
    onError,
  });
  return (
    <Dropdown
      trigger={['click']}
      autoFocus
      menu={{
        items: [
          { key: 'csv', label: t('export.csv') },
          { key: 'xlsx', label: t('export.xlsx') },
        ],
        onClick: ({ key }) => take.mutate(key === 'xlsx' ? 'xlsx' : 'csv'),
      }}
    >
      <Button type="primary" icon={<DownloadOutlined aria-hidden="true" />} loading={take.isPending}>
        {t('export.button')}
      </Button>
    </Dropdown>
  );
}
