/** Batches: what came, what was good, what was put aside; the trend of quality over them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Popconfirm } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done } from '../../api/client';
import { useMay } from '../../api/session';
import { Chart } from '../../charts/Chart';
import type { Option } from '../../charts/echarts';
import { useTheme } from '../../theme/mode';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import css from './datasets.module.css';
import { type Batch, batchesQuery, type Dataset } from './queries';

const TONE: Record<string, Tone> = { published: 'good', held: 'bad', discarded: 'neutral', failed: 'bad' };

export function BatchesTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const query = useQuery(batchesQuery(dataset.name));
  return (
    <StateView
      query={query}
      height={480}
      isEmpty={(all) => all.length === 0}
      empty={<Empty height={320} title={t('batch.none')} hint={t('batch.noneHint')} />}
    >
      {(batches) => (
        <>
          <Trend batches={batches} />
          <Batches batches={batches} />
        </>
      )}
    </StateView>
  );
}

function shareOf(batch: Batch): number | null {
  return batch.read ? 1 - batch.quarantined / batch.read : null;
}

function Trend({ batches }: { batches: readonly Batch[] }) {
  const { t } = useTranslation('datasets');
  const { moment, percent, full } = useFormat();
  const { tokens } = useTheme();
  const known = useMemo(() => batches.filter((each) => each.read > 0).reverse(), [batches]);
  const option = useMemo((): Option => {
    const shares = known.map(shareOf);
    const lowest = Math.min(...shares.map((each) => each ?? 1));
    return {
      grid: { left: 48, right: 48, top: 32, bottom: 28 },
      legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8 },
      tooltip: {
        trigger: 'axis',
        formatter: (raw: unknown) => {
          const first: unknown = Array.isArray(raw) ? raw[0] : raw;
          const at = typeof first === 'object' && first !== null && 'dataIndex' in first ? Number(first.dataIndex) : 0;
          const batch = known[at];
          if (!batch) return '';
          return [
            moment(batch.finished_at ?? batch.started_at),
            t('batch.readLine', { read: full(batch.read), aside: full(batch.quarantined) }),
            `${t('column.quality')} ${percent(shareOf(batch), 2)}`,
          ].join('<br>');
        },
      },
      xAxis: { type: 'category', data: known.map((each) => moment(each.finished_at ?? each.started_at)) },
      yAxis: [
        {
          type: 'value',
          name: '',
          min: Math.max(0, Math.floor(lowest * 20 - 1) / 20),
          max: 1,
          axisLabel: { formatter: (v: number) => percent(v, 0) },
        },
        { type: 'value', name: '', splitLine: { show: false }, axisLabel: { formatter: (v: number) => full(v) } },
      ],
      series: [
        {
          name: t('batch.read'),
          type: 'bar',
          yAxisIndex: 1,
          data: known.map((each) => each.read),
          barMaxWidth: 28,
          itemStyle: { color: tokens.scale[1] ?? '' },
        },
        {
          name: t('column.quality'),
          type: 'line',
          data: shares,
          symbolSize: 7,
          itemStyle: { color: tokens.series[0] ?? '' },
        },
      ],
    };
  }, [known, t, moment, percent, full, tokens]);
  const newest = known.at(-1);
  if (known.length < 3) return null;
  return (
    <div style={{ padding: '14px 16px 0' }}>
      <Chart
        option={option}
        height={220}
        label={t('batch.trend', {
          count: full(known.length),
          last: percent(newest && shareOf(newest), 1),
        })}
      />
    </div>
  );
}

function Batches({ batches }: { batches: readonly Batch[] }) {
  const { t } = useTranslation('datasets');
  const { full, fullMoment, moment, percent, duration } = useFormat();
  const narrow = useNarrow();
  const when: Column<Batch> = {
    key: 'at',
    title: t('batch.at'),
    width: 130,
    value: (each) => each.finished_at ?? each.started_at,
    render: (each) => (
      <span className={css.named}>
        <span title={fullMoment(each.finished_at)}>{moment(each.finished_at ?? each.started_at)}</span>
        <code className={css.name}>{each.batch}</code>
      </span>
    ),
  };
  const status: Column<Batch> = {
    key: 'status',
    title: t('batch.status'),
    width: 150,
    value: (each) => each.status,
    render: (each) => (
      <span className={css.rules}>
        <StatusTag tone={TONE[each.status] ?? 'neutral'}>{t(`batchStatus.${each.status}`, each.status)}</StatusTag>
        {each.status === 'held' && <Held batch={each} />}
      </span>
    ),
  };
  const parts: Column<Batch> = {
    key: 'parts',
    title: t('batch.parts'),
    width: 150,
    value: (each) => shareOf(each),
    render: (each) => <Parts batch={each} label={percent(shareOf(each), 1)} />,
  };
  const figure = (key: 'read' | 'good' | 'quarantined' | 'duplicate' | 'repaired'): Column<Batch> => ({
    key,
    title: t(`batch.${key}`),
    isNumber: true,
    width: 88,
    value: (each) => each[key],
    render: (each) => full(each[key]),
  });
  const columns: Column<Batch>[] = narrow
    ? [when, figure('read'), figure('quarantined'), status]
    : [
        when,
        {
          key: 'source',
          title: t('batch.source'),
          width: 150,
          value: (each) => each.source,
          render: (each) => (
            <Link to="/sources/$name" params={{ name: each.source }}>
              {each.source}
            </Link>
          ),
        },
        figure('read'),
        figure('good'),
        figure('quarantined'),
        figure('duplicate'),
        figure('repaired'),
        parts,
        {
          key: 'seconds',
          title: t('batch.seconds'),
          isNumber: true,
          width: 80,
          value: (each) => each.seconds,
          render: (each) => duration(each.seconds),
        },
        status,
      ];
  return (
    <DataTable
      label={t('tab.batches')}
      columns={columns}
      rows={batches}
      keyOf={(each) => String(each.number)}
      csv={t('tab.batches')}
      caption={
        <span className={css.keys}>
          {(['good', 'aside', 'duplicate'] as const).map((key) => (
            <span key={key}>
              <i className={css[key]} aria-hidden="true" />
              {t(`batch.${key === 'aside' ? 'quarantined' : key}`)}
            </span>
          ))}
        </span>
      }
    />
  );
}

function Parts({ batch, label }: { batch: Batch; label: string }) {
  const share = (count: number) => ({ width: `${(count / Math.max(1, batch.read)) * 100}%` });
  return (
    <span className={css.quality}>
      <span className={css.parts} aria-hidden="true">
        {batch.good > 0 && <span className={css.good} style={share(batch.good)} />}
        {batch.quarantined > 0 && <span className={css.aside} style={share(batch.quarantined)} />}
        {batch.duplicate > 0 && <span className={css.duplicate} style={share(batch.duplicate)} />}
      </span>
      <span className="number">{label}</span>
    </span>
  );
}

/** A held batch can be let in or given up, by those who may. */
function Held({ batch }: { batch: Batch }) {
  const { t } = useTranslation('datasets');
  const may = useMay();
  const toast = useToast();
  const client = useQueryClient();
  const onError = useToldError();
  const settle = useMutation({
    mutationFn: (verb: 'release' | 'discard') => {
      const path = { params: { path: { batch: batch.batch } } };
      return verb === 'release'
        ? done(api.POST('/api/datasets/batches/{batch}/release', path))
        : done(api.POST('/api/datasets/batches/{batch}/discard', path));
    },
    onSuccess: (_, verb) => {
      toast(t(verb === 'release' ? 'batch.released' : 'batch.discarded'), 'good');
      void client.invalidateQueries({ queryKey: ['datasets'] });
    },
    onError,
  });
  if (!may('datasets.repair')) return null;
  return (
    <>
      <Popconfirm title={t('batch.releaseAsk')} onConfirm={() => settle.mutate('release')}>
        <Button size="small" aria-label={`${t('batch.release')} · ${batch.batch}`} loading={settle.isPending}>
          {t('batch.release')}
        </Button>
      </Popconfirm>
      <Popconfirm title={t('batch.discardAsk')} onConfirm={() => settle.mutate('discard')}>
        <Button size="small" aria-label={`${t('batch.discard')} · ${batch.batch}`} danger type="text">
          {t('batch.discard')}
        </Button>
      </Popconfirm>
    </>
  );
}
