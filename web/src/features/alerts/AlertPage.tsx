/** One rule: what it says, the metric with its threshold, its places, what fired, silences, and a try on history. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSeesOrders } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { metricsQuery } from '../../query/queries';
import { usePlace } from '../../query/usePlace';
import { thresholdOf, useFigure } from '../../query/useRule';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { EditDefinition } from '../../ui/EditDefinition';
import { Grid, Page, Span } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { type Happening, Timeline } from '../../ui/Timeline';
import { useFormat } from '../../ui/useFormat';
import { Acknowledge } from './Acknowledge';
import css from './alerts.module.css';
import { type Alert, alertQuery, episodesQuery, ordersQuery } from './queries';
import { Silences } from './Silences';
import { Trend } from './Trend';
import { TryOut } from './TryOut';
import { Severity, State, useSpan } from './words';

const MOST = 30;

export function AlertPage() {
  const { t } = useTranslation('alerts');
  const say = useSay();
  const { name = '' } = useParams({ strict: false });
  const query = useQuery(alertQuery(name));
  const definition = query.data?.definition;
  return (
    <Page
      title={say(definition?.title, name)}
      subtitle={say(definition?.description, '')}
      breadcrumb={[{ title: t('title'), to: '/alerts' }, { title: say(definition?.title, name) }]}
      mark={definition && <Severity severity={definition.severity} />}
      actions={<EditDefinition kind="alert" name={name} />}
    >
      <StateView query={query} height={600}>
        {(alert) => <Rule alert={alert} />}
      </StateView>
    </Page>
  );
}

function Rule({ alert }: { alert: Alert }) {
  const { definition } = alert;
  return (
    <Grid>
      <Span of={8}>
        <Trend alert={alert} />
      </Span>
      <Span of={4}>
        <Meaning alert={alert} />
      </Span>
      <Span of={8}>
        <Places alert={alert} />
      </Span>
      <Span of={4}>
        <Silences alert={alert} />
      </Span>
      <Span of={8}>
        <TryOut definition={definition} />
      </Span>
      <Span of={4}>
        <Past name={definition.name} />
      </Span>
    </Grid>
  );
}

function Meaning({ alert: { definition, evaluated_at } }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const say = useSay();
  const department = useDepartment();
  const span = useSpan();
  const { figure } = useFigure(definition);
  const { relative } = useFormat();
  const side = definition.when.below === null || definition.when.below === undefined ? 'above' : 'below';
  const metric = definition.query.metrics[0] ?? '';
  const { data: metrics } = useQuery(metricsQuery);
  const { order, clear } = definition;
  return (
    <Card title={t('meaning.title')}>
      <dl className={css.facts}>
        <dt>{t('meaning.when')}</dt>
        <dd>
          {t(`meaning.${side}`, {
            value: figure(thresholdOf(definition)),
            count: definition.for,
            range: span(definition.query.range?.last, 'range'),
          })}
          {clear !== null && clear !== undefined && (
            <>
              <br />
              {t('meaning.clear', { value: figure(clear) })}
            </>
          )}
        </dd>
        <dt>{t('meaning.metric')}</dt>
        <dd>
          <Link to="/metrics/$name" params={{ name: metric }}>
            {say(metrics?.find(({ name }) => name === metric)?.title, metric)}
          </Link>
        </dd>
        <dt>{t('meaning.evaluated')}</dt>
        <dd>{t('meaning.every', { every: span(definition.every, 'every'), at: relative(evaluated_at) })}</dd>
        <dt>{t('column.owner')}</dt>
        <dd>{department(definition.owner)}</dd>
        <dt>{t('meaning.then')}</dt>
        <dd>
          {order
            ? t('meaning.order', {
                department: order.department.startsWith('$')
                  ? t('meaning.itsDepartment')
                  : department(order.department),
                title: say(order.title).replace(/\{\w+\}/g, '…'),
              })
            : t('meaning.noOrder')}
        </dd>
      </dl>
    </Card>
  );
}

/** What wants attention first. */
const STATES = ['firing', 'pending', 'no_data', 'ok'];

function Places({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const place = usePlace();
  const { figure } = useFigure(alert.definition);
  const { relative } = useFormat();
  const rows = useMemo(
    () => alert.standings.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)),
    [alert.standings],
  );
  return (
    <Card title={t('column.places')} flush>
      <DataTable
        label={t('column.places')}
        height={300}
        rows={rows}
        keyOf={(each) => JSON.stringify(each.place)}
        columns={[
          { key: 'place', title: t('column.place'), width: 220, value: (each) => place(each.place) },
          {
            key: 'state',
            title: t('column.state'),
            width: 110,
            value: (each) => each.state,
            render: (each) => <State state={each.state} />,
          },
          {
            key: 'value',
            title: t('column.value'),
            width: 120,
            isNumber: true,
            value: (each) => each.value,
            render: (each) => figure(each.value),
          },
          {
            key: 'since',
            title: t('column.since'),
            width: 120,
            value: (each) => each.since,
            render: (each) => relative(each.since),
          },
        ]}
        empty={<Empty title={t('never')} height={160} />}
      />
    </Card>
  );
}

function Past({ name }: { name: string }) {
  const { t } = useTranslation('alerts');
  const say = useSay();
  const place = usePlace();
  const { fullMoment } = useFormat();
  const query = useQuery(episodesQuery({ alert: name, limit: MOST }));
  const orders = useQuery({ ...ordersQuery(name), enabled: useSeesOrders() }).data ?? [];
  const items = (query.data ?? []).map((each): Happening => {
    const order = orders.find(({ episode }) => episode === each.id);
    return {
      key: each.id,
      at: each.fired_at,
      title: place(each.place),
      by: each.resolved_at ? t('until', { at: fullMoment(each.resolved_at) }) : t('lasting'),
      details: (
        <>
          {order && (
            <Link to="/workorders/$number" params={{ number: order.number }}>
              {order.number} {say(order.title)}
            </Link>
          )}{' '}
          {!each.resolved_at && <Acknowledge episode={each} name={place(each.place)} />}
        </>
      ),
      tone: each.resolved_at ? 'good' : 'bad',
    };
  });
  return (
    <Card title={t('tab.history')}>
      {items.length === 0 ? (
        <Empty title={t('never')} height={160} />
      ) : (
        <Timeline label={t('tab.history')} items={items} />
      )}
    </Card>
  );
}
