/** One metric: how it moves, what it splits into, what it means in words, YAML and SQL, where it comes from and who uses it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { LineageView } from '../../lineage/LineageView';
import { exploreView } from '../../query/view';
import { Card } from '../../ui/Card';
import { EditDefinition } from '../../ui/EditDefinition';
import { Grid, Page, Span } from '../../ui/Page';
import { StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { Breakdown, Trend } from './Charts';
import { Definition } from './Definition';
import css from './metrics.module.css';
import { graphQuery, type MetricDetail, metricQuery } from './queries';

export function MetricPage() {
  const { t } = useTranslation('metrics');
  const { name = '' } = useParams({ strict: false });
  const query = useQuery(metricQuery(name));
  if (query.data) return <MetricView key={name} metric={query.data} />;
  return (
    <Page title={name} breadcrumb={[{ title: t('title'), to: '/metrics' }]}>
      <Card>
        <StateView query={query} height={480}>
          {() => null}
        </StateView>
      </Card>
    </Page>
  );
}

function MetricView({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const isSplit = metric.readable && metric.dimensions.length > 0;
  const say = useSay();
  const department = useDepartment();
  const start = { metrics: [metric.name], ...(metric.has_time ? { grain: 'day', range: '30d' } : {}) };
  return (
    <Page
      title={say(metric.title, metric.name)}
      breadcrumb={[{ title: t('title'), to: '/metrics' }, { title: metric.name }]}
      mark={
        <>
          <StatusTag tone="info">{t(`type.${metric.type}`)}</StatusTag>
          {metric.unit && <StatusTag>{say(metric.unit)}</StatusTag>}
        </>
      }
      subtitle={[
        metric.description ? say(metric.description) : '',
        department(metric.owner),
        t('version', { version: String(metric.version) }),
      ]
        .filter((each) => each && each !== '–')
        .join(' · ')}
      actions={
        <>
          <EditDefinition kind="metric" name={metric.name} />
          <Link to="/explore" search={exploreView.read(start)} className={css.explore}>
            {t('explore')} →
          </Link>
        </>
      }
    >
      <Grid>
        <Span of={isSplit ? 7 : 12}>
          <Trend metric={metric} />
        </Span>
        {isSplit && (
          <Span of={5}>
            <Breakdown metric={metric} />
          </Span>
        )}
        <Span of={12}>
          <Card title={t('around')} flush>
            <LineageView query={useQuery(graphQuery(metric.name))} current={`metric:${metric.name}`} />
          </Card>
        </Span>
        <Span of={metric.dimensions.length > 0 ? 8 : 12}>
          <Definition metric={metric} />
        </Span>
        {metric.dimensions.length > 0 && (
          <Span of={4}>
            <Dimensions metric={metric} />
          </Span>
        )}
      </Grid>
    </Page>
  );
}

/** Ways to split it: each leads to its comparison above. */
function Dimensions({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const say = useSay();
  return (
    <Card title={t('dimensions', { count: String(metric.dimensions.length) })}>
      <ul className={css.chips}>
        {metric.dimensions.map((each) => (
          <li key={each.name}>
            {each.readable ? (
              <Link
                to="/metrics/$name"
                params={{ name: metric.name }}
                search={(before) => ({ ...before, by: each.name })}
                resetScroll={false}
                className={css.chip}
                title={each.name}
              >
                {say(each.title, each.name)}
              </Link>
            ) : (
              <span className={css.chipOff} title={t('unreadable')}>
                {say(each.title, each.name)}
                <span className="unseen"> {t('unreadable')}</span>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
