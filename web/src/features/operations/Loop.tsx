/** The loop itself as the picture: six stations around a ring, each with today's figures, each the door to its pages. */
import {
  AlertOutlined,
  ApiOutlined,
  BarChartOutlined,
  CarryOutOutlined,
  DatabaseOutlined,
  RetweetOutlined,
  SafetyCertificateOutlined,
} from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay, useSeesOrders } from '../../api/session';
import { useFormat } from '../../ui/useFormat';
import { firingOf, goodShare, ordersOf, returnedOf, rowsOf } from './figures';
import { LastDay } from './LastDay';
import css from './loop.module.css';
import { alertsQuery, auditQuery, boardQuery, datasetsQuery, metricsQuery, sourcesQuery } from './queries';

interface Figure {
  words: string;
  value: ReactNode;
  to: string;
  search?: Record<string, string>;
  tone?: 'bad' | 'warning' | undefined;
}

interface Station {
  key: string;
  to: string;
  icon: ReactNode;
  main: Figure;
  rest: Figure[];
}

export function Loop() {
  const { t } = useTranslation('overview');
  const stations = useStations();
  return (
    <section className={css.loop} aria-label={t('loop.label')}>
      <LastDay />
      <ol className={css.ring}>
        {stations.map((station, i) => (
          <li key={station.key} className={`${css.place} ${css[station.key]}`}>
            <StationCard station={station} number={i + 1} />
            <Arrow name={station.key} />
          </li>
        ))}
      </ol>
      <Governance />
    </section>
  );
}

function StationCard({ station, number }: { station: Station; number: number }) {
  const { t } = useTranslation('overview');
  return (
    <article className={css.station}>
      <header className={css.head}>
        <span className={css.icon} aria-hidden="true">
          {station.icon}
        </span>
        <h2 className={css.name}>
          <Link to={station.to}>
            <span className={css.number}>{number}</span>
            {t(`loop.${station.key}.name`)}
          </Link>
        </h2>
      </header>
      <p className={css.what}>{t(`loop.${station.key}.what`)}</p>
      <div className={css.figures}>
        <FigureLink figure={station.main} big />
        {station.rest.map((figure) => (
          <FigureLink key={figure.words} figure={figure} />
        ))}
      </div>
    </article>
  );
}

function FigureLink({ figure, big }: { figure: Figure; big?: boolean }) {
  return (
    <Link to={figure.to} search={figure.search ?? {}} className={`${css.figure} ${big ? css.big : ''}`}>
      <span className={`${css.value} number ${figure.tone ? css[figure.tone] : ''}`}>{figure.value}</span>
      <span className={css.words}>{figure.words}</span>
    </Link>
  );
}

/** What happens on the way to the next station. */
function Arrow({ name }: { name: string }) {
  const { t } = useTranslation('overview');
  return (
    <span className={css.arrow}>
      <svg viewBox="0 0 56 12" className={css.line} aria-hidden="true">
        <path d="M2 6H50" className={css.flow} />
        <path d="M47 2 52 6 47 10" className={css.tip} />
      </svg>
      <span className={css.step}>{t(`loop.${name}.next`)}</span>
    </span>
  );
}

/** What holds for every step: rules as code, decided for each reader, written down. */
function Governance() {
  const { t } = useTranslation('overview');
  const { full } = useFormat();
  const may = useMay();
  const audit = useQuery({ ...auditQuery, enabled: may('audit.view') });
  const count = Number(audit.data?.[0]?.seq ?? Number.NaN);
  return (
    <aside className={css.governance} aria-label={t('governance.label')}>
      <SafetyCertificateOutlined aria-hidden="true" className={css.shield} />
      <p>
        <strong>{t('governance.title')}</strong> {t('governance.words')}
      </p>
      {Number.isFinite(count) && (
        <Link to="/audit" className={css.ledger}>
          <span className="number">{full(count)}</span> {t('governance.entries')}
        </Link>
      )}
    </aside>
  );
}

function useStations(): Station[] {
  const { t } = useTranslation('overview');
  const { short, full, percent } = useFormat();
  const sources = useQuery(sourcesQuery).data;
  const datasets = useQuery(datasetsQuery).data;
  const metrics = useQuery(metricsQuery).data;
  const alerts = useQuery(alertsQuery).data;
  const sees = useSeesOrders();
  const board = useQuery({ ...boardQuery, enabled: sees }).data;

  const failing = sources?.filter((each) => each.state?.status === 'failed').length ?? 0;
  const firing = alerts && firingOf(alerts);
  const returned = sources && datasets && returnedOf(sources, datasets);
  const orders = board && ordersOf(board);
  const recorded = datasets?.find((each) => each.name === 'orders')?.rows;
  const quality = datasets && goodShare(datasets);
  const aside = datasets?.reduce((sum, each) => sum + each.quarantined, 0);

  return [
    {
      key: 'sources',
      to: '/sources',
      icon: <ApiOutlined />,
      main: { words: t('loop.sources.count'), value: full(sources?.length), to: '/sources' },
      rest: [
        {
          words: t('loop.sources.scheduled'),
          value: full(sources?.filter((each) => each.every).length),
          to: '/sources',
        },
        {
          words: t('loop.sources.failing'),
          value: full(sources && failing),
          to: '/sources',
          search: { state: 'failed' },
          tone: failing ? 'bad' : undefined,
        },
      ],
    },
    {
      key: 'datasets',
      to: '/datasets',
      icon: <DatabaseOutlined />,
      main: { words: t('loop.datasets.rows'), value: short(datasets && rowsOf(datasets), 1), to: '/datasets' },
      rest: [
        { words: t('loop.datasets.count'), value: full(datasets?.length), to: '/datasets' },
        { words: t('loop.datasets.good'), value: percent(quality, 2), to: '/datasets', search: { sort: 'quality' } },
        { words: t('loop.datasets.aside'), value: short(aside, 1), to: '/datasets', search: { sort: 'quarantined' } },
      ],
    },
    {
      key: 'metrics',
      to: '/metrics',
      icon: <BarChartOutlined />,
      main: { words: t('loop.metrics.count'), value: full(metrics?.length), to: '/metrics' },
      rest: [
        {
          words: t('loop.metrics.departments'),
          value: full(metrics && new Set(metrics.map((each) => each.owner)).size),
          to: '/metrics',
        },
        { words: t('loop.metrics.ask'), value: <span aria-hidden="true">→</span>, to: '/ask' },
      ],
    },
    {
      key: 'alerts',
      to: '/alerts',
      icon: <AlertOutlined />,
      // No rule in sight is not the same as a calm city.
      main:
        alerts?.length === 0
          ? { words: t('loop.alerts.none'), value: '–', to: '/alerts' }
          : {
              words: t('loop.alerts.firing'),
              value: full(firing),
              to: '/alerts',
              tone: firing ? 'warning' : undefined,
            },
      rest: alerts?.length === 0 ? [] : [{ words: t('loop.alerts.count'), value: full(alerts?.length), to: '/alerts' }],
    },
    {
      key: 'orders',
      to: '/workorders',
      icon: <CarryOutOutlined />,
      main: sees
        ? { words: t('loop.orders.open'), value: full(orders?.open), to: '/workorders' }
        : { words: t('loop.orders.recorded'), value: full(recorded), to: '/datasets/orders' },
      rest: sees ? [{ words: t('loop.orders.finished'), value: full(orders?.finished), to: '/workorders' }] : [],
    },
    {
      key: 'back',
      to: returned?.[0] ? `/datasets/${returned[0].name}` : '/datasets',
      icon: <RetweetOutlined />,
      main: {
        words: t('loop.back.rows'),
        value: full(returned && rowsOf(returned)),
        to: '/sources',
        search: { q: 'internal' },
      },
      rest: [
        {
          words: t('loop.back.count'),
          value: full(returned?.length),
          to: '/sources',
          search: { q: 'internal' },
        },
      ],
    },
  ];
}
