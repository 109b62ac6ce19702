/** One metric: how it moves, what it splits into, what it means in words, YAML and SQL, and who uses it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { Card } from '../../ui/Card';
import { EditDefinition } from '../../ui/EditDefinition';
import { Grid, Page, Span } from '../../ui/Page';
import { StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { Breakdown, Trend } from './Charts';
import { Definition } from './Definition';
import css from './metrics.module.css';
import { lineageQuery, type MetricDetail, metricQuery } from './queries';

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
  const say = useSay();
  const department = useDepartment();
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
          <Link to="/explore" search={{}} className={css.explore}>
            {t('explore')} →
          </Link>
        </>
      }
    >
      <Grid>
        <Span of={metric.dimensions.length > 0 ? 7 : 12}>
          <Trend metric={metric} />
        </Span>
        {metric.dimensions.length > 0 && (
          <Span of={5}>
            <Breakdown metric={metric} />
          </Span>
        )}
        <Span of={7}>
          <Definition metric={metric} />
        </Span>
        <Span of={5}>
          <Around metric={metric} />
        </Span>
      </Grid>
    </Page>
  );
}

const PATHS: Record<string, (name: string) => string> = {
  dashboard: (name) => `/dashboards/${name}`,
  metric: (name) => `/metrics/${name}`,
  alert: () => '/alerts',
};

/** What stands around the metric: data behind it, ways to split it, who uses it. */
function Around({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const say = useSay();
  const users = useQuery(lineageQuery).data?.find((each) => each.metric === metric.name)?.used_by ?? [];
  return (
    <Card title={t('around')}>
      <dl className={css.around}>
        <dt>{t('datasets')}</dt>
        <dd className={css.chips}>
          {metric.datasets.map((name) => (
            <Link key={name} to="/datasets/$name" params={{ name }} search={{ tab: 'lineage' }} className={css.chip}>
              {name}
            </Link>
          ))}
        </dd>
        <dt>{t('dimensions', { count: String(metric.dimensions.length) })}</dt>
        <dd className={css.chips}>
          {metric.dimensions.map((each) => (
            <Link
              key={each.name}
              to="/metrics/$name"
              params={{ name: metric.name }}
              search={(before) => ({ ...before, by: each.name })}
              resetScroll={false}
              className={css.chip}
              title={each.name}
            >
              {say(each.title, each.name)}
            </Link>
          ))}
          {metric.dimensions.length === 0 && <span className="muted">{t('noDimensions')}</span>}
        </dd>
        <dt>{t('usedBy', { count: String(users.length) })}</dt>
        <dd>
          {users.length === 0 && <span className="muted">{t('unused')}</span>}
          <ul>
            {users.map((user) => {
              const path = PATHS[user.kind]?.(user.name);
              const words = say(user.title, user.name);
              return (
                <li key={`${user.kind} ${user.name}`} className={css.user}>
                  <StatusTag>{t(`kind.${user.kind}`, user.kind)}</StatusTag>
                  {path ? <Link to={path}>{words}</Link> : words}
                </li>
              );
            })}
          </ul>
        </dd>
      </dl>
    </Card>
  );
}
