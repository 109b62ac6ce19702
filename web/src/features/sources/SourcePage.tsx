/** One source: its feeds and how they are read, its runs, a test of the connection, and loading it now. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { Card } from '../../ui/Card';
import { CodeView } from '../../ui/CodeView';
import { type Column, DataTable } from '../../ui/DataTable';
import { EditDefinition } from '../../ui/EditDefinition';
import { Grid, Page, Span } from '../../ui/Page';
import { Empty, NoPermission, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { Feeds } from './Feeds';
import { LoadNow } from './LoadNow';
import { batchesQuery, datasetsQuery, type Source, sourceQuery, sourcesQuery } from './queries';
import { SourceState } from './SourceState';
import css from './sources.module.css';

export function SourcePage() {
  const { t } = useTranslation('sources');
  const { name = '' } = useParams({ strict: false });
  const query = useQuery(sourcesQuery);
  const source = query.data?.find((each) => each.name === name);
  if (source) return <SourceView key={name} source={source} />;
  return (
    <Page title={name} breadcrumb={[{ title: t('title'), to: '/sources' }]}>
      <Card>
        <StateView query={query} height={400}>
          {() => <Empty height={320} title={t('unknown', { name })} action={<Link to="/sources">{t('title')}</Link>} />}
        </StateView>
      </Card>
    </Page>
  );
}

function SourceView({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const say = useSay();
  const may = useMay();
  return (
    <Page
      title={say(source.title, source.name)}
      breadcrumb={[{ title: t('title'), to: '/sources' }, { title: source.name }]}
      mark={<SourceState source={source} />}
      subtitle={<Subtitle source={source} />}
      actions={<EditDefinition kind="source" name={source.name} />}
    >
      {source.state?.error && (
        <p className={css.failure} role="alert">
          <strong>{t('failed')}</strong> {source.state.error}
        </p>
      )}
      <Grid>
        <Span of={may('sources.load') ? 7 : 12}>
          <Feeds source={source} />
        </Span>
        {may('sources.load') && (
          <Span of={5}>
            <LoadNow source={source} />
          </Span>
        )}
        <Span of={12}>
          <Runs source={source} />
        </Span>
        <Span of={12}>
          <Card title={t('connection')} subtitle={t('connectionHint')}>
            {may('definitions.view') ? (
              <Connection name={source.name} />
            ) : (
              <NoPermission height={120} permission="definitions.view" />
            )}
          </Card>
        </Span>
      </Grid>
    </Page>
  );
}

function Subtitle({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const department = useDepartment();
  const { relative } = useFormat();
  const parts = [
    t(`connector.${source.connector}`, source.connector),
    department(source.owner),
    source.every ? t('every', { span: source.every }) : t('byHand'),
    source.state?.next_at ? t('nextAt', { at: relative(source.state.next_at) }) : '',
  ];
  return parts.filter((each) => each && each !== '–').join(' · ');
}

function Connection({ name }: { name: string }) {
  const { t } = useTranslation('sources');
  const query = useQuery(sourceQuery(name));
  return (
    <StateView query={query} height={140}>
      {(detail) => (
        <CodeView
          language="json"
          label={t('connection')}
          code={JSON.stringify({ connector: detail.connector, ...detail.connection, feeds: detail.feeds }, null, 2)}
        />
      )}
    </StateView>
  );
}

type Run = NonNullable<Awaited<ReturnType<NonNullable<ReturnType<typeof batchesQuery>['queryFn']>>>>[number];

function Runs({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const say = useSay();
  const narrow = useNarrow();
  const { full, moment, fullMoment, duration } = useFormat();
  const datasets = useQuery(datasetsQuery).data;
  const asked = useQueries({ queries: source.datasets.map((dataset) => batchesQuery(dataset)) });
  const runs = asked
    .flatMap((each) => each.data ?? [])
    .filter((each) => each.source === source.name)
    .sort((a, b) => (b.number ?? 0) - (a.number ?? 0));
  const first = asked.find((each) => each.data === undefined);
  const figure = (key: 'read' | 'good' | 'quarantined'): Column<Run> => ({
    key,
    title: t(`run.${key}`),
    isNumber: true,
    width: 90,
    value: (each) => each[key],
    render: (each) => full(each[key]),
  });
  const dataset: Column<Run> = {
    key: 'dataset',
    title: t('run.dataset'),
    width: 180,
    value: (each) => say(datasets?.find((one) => one.name === each.dataset)?.title, each.dataset),
    render: (each) => (
      <Link to="/datasets/$name" params={{ name: each.dataset }} search={{ tab: 'batches' }}>
        {say(datasets?.find((one) => one.name === each.dataset)?.title, each.dataset)}
      </Link>
    ),
  };
  const at: Column<Run> = {
    key: 'at',
    title: t('run.at'),
    width: 120,
    value: (each) => each.finished_at,
    render: (each) => <span title={fullMoment(each.finished_at)}>{moment(each.finished_at)}</span>,
  };
  const columns: Column<Run>[] = narrow
    ? [dataset, at, figure('good')]
    : [
        at,
        dataset,
        {
          key: 'files',
          title: t('run.files'),
          width: 200,
          cut: true,
          value: (each) => each.files.join(' '),
        },
        figure('read'),
        figure('good'),
        figure('quarantined'),
        {
          key: 'seconds',
          title: t('run.seconds'),
          isNumber: true,
          width: 80,
          value: (each) => each.seconds,
          render: (each) => duration(each.seconds),
        },
        {
          key: 'status',
          title: t('run.status'),
          width: 100,
          value: (each) => each.status,
          render: (each) => (
            <StatusTag tone={each.status === 'published' ? 'good' : 'bad'}>
              {t(`runStatus.${each.status}`, each.status)}
            </StatusTag>
          ),
        },
      ];
  return (
    <Card title={t('runs')} subtitle={t('runsHint')} flush>
      <StateView
        query={first ?? { data: runs, error: null, isPending: false, refetch: asked[0]?.refetch ?? never }}
        height={240}
      >
        {() => (
          <DataTable
            label={t('runsHint')}
            columns={columns}
            rows={runs}
            keyOf={(each) => String(each.number)}
            empty={<Empty height={160} title={t('noRuns')} hint={t('noRunsHint')} />}
          />
        )}
      </StateView>
    </Card>
  );
}

function never(): never {
  throw new Error('nothing to fetch');
}
