/** What needs somebody: failed sources, held batches, firing alerts, orders past their time, rows put aside. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSeesOrders } from '../../api/session';
import { listOf, useLang, useSay } from '../../i18n/texts';
import { usePlace } from '../../query/usePlace';
import { Card } from '../../ui/Card';
import { freshnessOf } from '../../ui/freshness';
import { Empty, Skeleton } from '../../ui/StateView';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import css from './overview.module.css';
import { alertsQuery, batchesQuery, datasetsQuery, ordersQuery, sourcesQuery } from './queries';

interface Matter {
  key: string;
  tone: Tone;
  kind: string;
  words: string;
  note: string;
  to: string;
  search?: Record<string, string>;
}

const WORST = 4;

export function Attention() {
  const { t } = useTranslation('overview');
  const matters = useMatters();
  return (
    <Card title={t('attention.title')} subtitle={matters && t('attention.count', { count: String(matters.length) })}>
      {matters === undefined ? (
        <Skeleton height={240} />
      ) : matters.length === 0 ? (
        <Empty height={200} title={t('attention.none')} hint={t('attention.noneHint')} />
      ) : (
        <ul className={css.matters}>
          {matters.map((each) => (
            <li key={each.key}>
              <Link to={each.to} search={each.search ?? {}} className={css.matter}>
                <StatusTag tone={each.tone}>{each.kind}</StatusTag>
                <span className={css.matterWords}>
                  <Words of={each.words} />
                  <span className={css.note}>
                    <Words of={each.note} />
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function useMatters(): Matter[] | undefined {
  const { t } = useTranslation('overview');
  const say = useSay();
  const lang = useLang();
  const placeOf = usePlace();
  const { now, relative, full, percent } = useFormat();
  const sources = useQuery(sourcesQuery).data;
  const datasets = useQuery(datasetsQuery).data;
  const alerts = useQuery(alertsQuery).data;
  const batches = useQuery(batchesQuery).data;
  const orders = useQuery({ ...ordersQuery, enabled: useSeesOrders() }).data;
  if (!sources || !datasets || !alerts) return undefined;

  const failed = sources
    .filter((each) => each.state?.status === 'failed')
    .map(
      (each): Matter => ({
        key: `s${each.name}`,
        tone: 'bad',
        kind: t('attention.source'),
        words: say(each.title, each.name),
        note: t('attention.sourceNote', { at: relative(each.state?.finished_at) }),
        to: `/sources/${each.name}`,
      }),
    );
  const held = (batches ?? [])
    .filter((each) => each.status === 'held')
    .map(
      (each): Matter => ({
        key: `h${each.number}`,
        tone: 'bad',
        kind: t('attention.held'),
        words: say(datasets.find((one) => one.name === each.dataset)?.title, each.dataset),
        note: t('attention.heldNote', { aside: full(each.quarantined), read: full(each.read) }),
        to: `/datasets/${each.dataset}`,
        search: { tab: 'batches' },
      }),
    );
  const firing = alerts
    .filter((each) => (each.counts.firing ?? 0) > 0)
    .map((each): Matter => {
      const places = each.standings.filter((one) => one.state === 'firing').map((one) => placeOf(one.place));
      return {
        key: `a${each.definition.name}`,
        tone: each.definition.severity === 'info' ? 'info' : 'warning',
        kind: t('attention.alert'),
        words: say(each.definition.title, each.definition.name),
        note: listOf(places.slice(0, 3), lang),
        to: `/alerts/${each.definition.name}`,
      };
    });
  const late = (orders ?? [])
    .filter((each) => each.is_overdue)
    .map(
      (each): Matter => ({
        key: `o${each.id}`,
        tone: 'bad',
        kind: t('attention.order'),
        words: say(each.title, each.number),
        note: t('attention.due', { at: relative(each.due_at) }),
        to: `/workorders/${each.number}`,
      }),
    );
  const old = datasets
    .map((dataset) => ({ dataset, ...freshnessOf(dataset, now()) }))
    .filter(({ step }) => step === 'older' || step === 'none')
    .map(
      ({ dataset, at }): Matter => ({
        key: `f${dataset.name}`,
        tone: 'warning',
        kind: t('attention.old'),
        words: say(dataset.title, dataset.name),
        note: at ? t('attention.newest', { at: relative(at) }) : t('attention.never'),
        to: `/datasets/${dataset.name}`,
      }),
    );
  const aside = datasets
    .filter((each) => each.quarantined > 0)
    .sort((a, b) => (a.quality ?? 1) - (b.quality ?? 1))
    .slice(0, WORST)
    .map(
      (each): Matter => ({
        key: `q${each.name}`,
        tone: 'info',
        kind: t('attention.aside'),
        words: say(each.title, each.name),
        note: t('attention.asideNote', { count: full(each.quarantined), quality: percent(each.quality) }),
        to: `/datasets/${each.name}`,
        search: { tab: 'quarantine' },
      }),
    );
  return [...failed, ...held, ...late, ...firing, ...old.slice(0, WORST), ...aside];
}
