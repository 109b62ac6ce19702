/** Alerts: what fires now, every rule with how it stands, and what has fired before. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { usePlace } from '../../query/usePlace';
import { thresholdOf, useFigure } from '../../query/useRule';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { SearchField } from '../../ui/FilterBar';
import { Kpi } from '../../ui/Kpi';
import { Cells, Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { Acknowledge } from './Acknowledge';
import { type Alert, alertsQuery, type Episode, episodesQuery } from './queries';
import { alertsView, TABS } from './views';
import { Severity, State } from './words';

const RANK = ['critical', 'warning', 'info'];
const MOST = 500;

export function AlertsPage() {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertsView);
  const query = useQuery(alertsQuery);
  return (
    <Page
      title={t('title')}
      subtitle={t('subtitle')}
      actions={
        <Segmented
          aria-label={t('tab.label')}
          value={view.tab}
          onChange={(tab) => change({ tab }, 'push')}
          options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        />
      }
    >
      <StateView
        query={query}
        height={480}
        isEmpty={(all) => all.length === 0}
        empty={<Empty height={400} title={t('none')} hint={t('noneHint')} />}
      >
        {(all) => (
          <>
            <Counts all={all} />
            <Card flush>
              {view.tab === 'rules' ? <Rules all={all} /> : <Episodes all={all} isOpen={view.tab === 'firing'} />}
            </Card>
          </>
        )}
      </StateView>
    </Page>
  );
}

function Counts({ all }: { all: Alert[] }) {
  const { t } = useTranslation('alerts');
  const [, change] = useView(alertsView);
  const places = (state: string, severity?: string) =>
    all
      .filter((each) => !severity || each.definition.severity === severity)
      .reduce((sum, each) => sum + (each.counts[state] ?? 0), 0);
  return (
    <>
      <h2 className="unseen">{t('figures')}</h2>
      <Cells least={150}>
        {RANK.map((severity) => (
          <Kpi
            key={severity}
            title={t('firingOf', { severity: t(`severity.${severity}`) })}
            value={places('firing', severity)}
            onOpen={() => change({ tab: 'firing' }, 'push')}
          />
        ))}
        <Kpi
          title={t('noData')}
          value={places('no_data')}
          note={t('noDataNote')}
          onOpen={() => change({ tab: 'rules' }, 'push')}
        />
        <Kpi title={t('tab.rules')} value={all.length} onOpen={() => change({ tab: 'rules' }, 'push')} />
      </Cells>
    </>
  );
}

function Episodes({ all, isOpen }: { all: Alert[]; isOpen: boolean }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertsView);
  const query = useQuery(episodesQuery(isOpen ? { is_open: true, limit: MOST } : { limit: MOST }));
  const say = useSay();
  const place = usePlace();
  const navigate = useNavigate();
  const nameOf = (each: Episode) =>
    `${say(all.find(({ definition }) => definition.name === each.alert)?.definition.title, each.alert)} · ${place(each.place)}`;
  const columns = useEpisodeColumns(all, nameOf);
  const word = view.q.toLowerCase();
  return (
    <StateView query={query} height={400}>
      {(episodes) => {
        const shown = episodes
          .filter((each) => `${nameOf(each)} ${each.alert}`.toLowerCase().includes(word))
          .toSorted((a, b) => (isOpen ? RANK.indexOf(a.severity) - RANK.indexOf(b.severity) : 0));
        return (
          <DataTable
            label={t(isOpen ? 'tab.firing' : 'tab.history')}
            columns={columns}
            rows={shown}
            keyOf={(each) => each.id}
            nameOf={nameOf}
            onOpen={(each) => void navigate({ to: '/alerts/$name', params: { name: each.alert } })}
            csv={t('tab.history')}
            caption={<SearchField value={view.q} onChange={(q) => change({ q })} label={t('search')} />}
            empty={
              <Empty title={t(isOpen ? 'calm' : 'unmet')} hint={isOpen ? t('calmHint') : undefined} height={220} />
            }
          />
        );
      }}
    </StateView>
  );
}

function useEpisodeColumns(all: Alert[], nameOf: (each: Episode) => string): Column<Episode>[] {
  const { t } = useTranslation('alerts');
  const narrow = useNarrow();
  const department = useDepartment();
  const { relative, fullMoment, duration } = useFormat();
  const definitionOf = (episode: Episode) =>
    all.find(({ definition }) => definition.name === episode.alert)?.definition;
  const title: Column<Episode> = {
    key: 'title',
    title: t('column.title'),
    width: narrow ? 190 : 260,
    value: nameOf,
  };
  const severity: Column<Episode> = {
    key: 'severity',
    title: t('column.severity'),
    width: 90,
    value: (each) => RANK.indexOf(each.severity),
    render: (each) => <Severity severity={each.severity} />,
  };
  if (narrow) return [title, severity];
  return [
    severity,
    title,
    {
      key: 'since',
      title: t('column.since'),
      width: 130,
      value: (each) => each.fired_at,
      render: (each) => <span title={fullMoment(each.fired_at)}>{relative(each.fired_at)}</span>,
    },
    {
      key: 'lasted',
      title: t('column.lasted'),
      width: 140,
      value: (each) => each.resolved_at,
      render: (each) =>
        each.resolved_at ? duration((Date.parse(each.resolved_at) - Date.parse(each.fired_at)) / 1000) : t('lasting'),
    },
    {
      key: 'worst',
      title: t('column.worst'),
      width: 190,
      isNumber: true,
      value: (each) => each.worst,
      render: (each) => <Against episode={each} alert={all.find(({ definition }) => definition.name === each.alert)} />,
    },
    { key: 'owner', title: t('column.owner'), width: 130, value: (each) => department(definitionOf(each)?.owner) },
    {
      key: 'ack',
      title: t('column.acknowledged'),
      width: 150,
      value: (each) => each.acknowledged_at,
      render: (each) => <Acknowledge episode={each} name={nameOf(each)} />,
    },
  ];
}

function Against({ episode, alert }: { episode: Episode; alert: Alert | undefined }) {
  const { t } = useTranslation('alerts');
  const { figure } = useFigure(alert?.definition);
  return (
    <>
      {alert
        ? t('against', { value: figure(episode.worst), threshold: figure(thresholdOf(alert.definition)) })
        : figure(episode.worst)}
    </>
  );
}

function Rules({ all }: { all: Alert[] }) {
  const { t } = useTranslation('alerts');
  const [view, change] = useView(alertsView);
  const say = useSay();
  const department = useDepartment();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const { relative } = useFormat();
  const word = view.q.toLowerCase();
  const stateOf = ({ counts }: Alert) =>
    counts.firing ? 'firing' : counts.pending ? 'pending' : counts.ok ? 'ok' : 'no_data';
  const columns: Column<Alert>[] = [
    {
      key: 'title',
      title: t('column.title'),
      width: narrow ? 190 : 240,
      value: ({ definition }) => say(definition.title, definition.name),
    },
    {
      key: 'state',
      title: t('column.state'),
      width: 110,
      value: stateOf,
      render: (each) => <State state={stateOf(each)} />,
    },
    {
      key: 'places',
      title: t('column.places'),
      width: 160,
      value: (each) => each.counts.firing ?? 0,
      render: (each) => t('placesOf', { firing: each.counts.firing ?? 0, all: each.standings.length }),
    },
    {
      key: 'severity',
      title: t('column.severity'),
      width: 90,
      value: ({ definition }) => RANK.indexOf(definition.severity),
      render: ({ definition }) => <Severity severity={definition.severity} />,
    },
    { key: 'owner', title: t('column.owner'), width: 130, value: ({ definition }) => department(definition.owner) },
    { key: 'silences', title: t('column.silences'), width: 90, isNumber: true, value: (each) => each.silences.length },
    {
      key: 'at',
      title: t('column.evaluated'),
      width: 140,
      value: (each) => each.evaluated_at,
      render: (each) => each.error ?? relative(each.evaluated_at),
    },
  ];
  return (
    <DataTable
      label={t('tab.rules')}
      columns={narrow ? columns.slice(0, 2) : columns}
      rows={all.filter(({ definition: { name, title } }) =>
        `${name} ${title.zh} ${title.en}`.toLowerCase().includes(word),
      )}
      keyOf={({ definition }) => definition.name}
      onOpen={({ definition: { name } }) => void navigate({ to: '/alerts/$name', params: { name } })}
      csv={t('tab.rules')}
      caption={<SearchField value={view.q} onChange={(q) => change({ q })} label={t('search')} />}
      empty={<Empty title={t('unmet')} height={200} />}
    />
  );
}
