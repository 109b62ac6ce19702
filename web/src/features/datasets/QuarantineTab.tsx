/** Rows that the contract put aside: why, which, and how to bring them in again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, StateView } from '../../ui/StateView';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import css from './datasets.module.css';
import { type AsideRow, asideRows } from './quarantine';
import { type Dataset, quarantineRowsQuery } from './queries';
import { RepairDrawer } from './RepairDrawer';
import { datasetView } from './views';

export function QuarantineTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const query = useQuery({ ...quarantineRowsQuery(dataset.name), select: asideRows });
  return (
    <StateView
      query={query}
      height={420}
      isEmpty={(rows) => rows.length === 0}
      empty={<Empty height={320} title={t('aside.none')} hint={t('aside.noneHint')} />}
    >
      {(rows) => <Aside dataset={dataset} rows={rows} />}
    </StateView>
  );
}

function Aside({ dataset, rows }: { dataset: Dataset; rows: AsideRow[] }) {
  const { t } = useTranslation('datasets');
  const [view, change] = useView(datasetView);
  const may = useMay();
  const { full, moment, fullMoment } = useFormat();
  const ruleOf = useRuleTitle(dataset);
  const fieldOf = useFieldTitle(dataset);
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const rule of new Set(row.reasons.map((each) => each.rule))) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const groups = [...counts].sort((a, b) => b[1] - a[1]);
  const most = Math.max(...counts.values());
  const shown = view.rule ? rows.filter((row) => row.reasons.some((each) => each.rule === view.rule)) : rows;
  const seesRaw = rows.some((row) => row.raw !== undefined);
  const open = rows.find((row) => row.id === view.row);
  const columns: Column<AsideRow>[] = [
    { key: 'number', title: t('aside.number'), isNumber: true, width: 90, value: (row) => row.number },
    {
      key: 'reasons',
      title: t('aside.reasons'),
      width: 420,
      value: (row) => row.reasons.map((each) => `${each.field ?? ''} ${each.rule} ${each.value ?? ''}`).join('; '),
      render: (row) => (
        <span className={css.broken}>
          {row.reasons.map((each) => (
            <span key={`${each.rule} ${each.field}`}>
              {each.field && <strong style={{ fontWeight: 500 }}>{fieldOf(each.field)} · </strong>}
              {ruleOf(each.rule)}{' '}
              {each.value !== null && <code className={css.value}>{each.value || t('aside.blank')}</code>}
            </span>
          ))}
        </span>
      ),
    },
    {
      key: 'at',
      title: t('aside.at'),
      width: 120,
      value: (row) => row.at,
      render: (row) => <span title={fullMoment(row.at)}>{moment(row.at)}</span>,
    },
    {
      key: 'batch',
      title: t('aside.batch'),
      width: 130,
      value: (row) => row.batch.slice(0, 12),
      render: (row) => <code>{row.batch.slice(0, 12)}</code>,
    },
  ];
  return (
    <>
      <div style={{ padding: '14px 16px 6px' }}>
        <p className="muted" style={{ marginBottom: 8 }}>
          {t('aside.intro', { count: full(dataset.quarantined) })}{' '}
          {!seesRaw && t(may('quarantine.view') ? 'aside.notRaw' : 'aside.notYours')}
        </p>
        <ul className={css.reasons}>
          {groups.map(([rule, count]) => (
            <li key={rule}>
              <button
                type="button"
                className={css.reason}
                aria-pressed={view.rule === rule}
                onClick={() => change({ rule: view.rule === rule ? '' : rule })}
              >
                <span>{ruleOf(rule)}</span>
                <span className={css.bar} style={{ width: `${(count / most) * 100}%` }} aria-hidden="true" />
                <span className="number">{full(count)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <DataTable
        label={t('tab.quarantine')}
        columns={columns}
        rows={shown}
        keyOf={(row) => row.id}
        {...(seesRaw ? { onOpen: (row: AsideRow) => change({ row: row.id }, 'push'), openKey: view.row } : {})}
        caption={t('aside.shown', { shown: full(shown.length), all: full(dataset.quarantined) })}
        csv={`${dataset.name}_${t('tab.quarantine')}`}
      />
      {may('datasets.repair') && (
        <div style={{ padding: '10px 16px 14px', borderTop: '1px solid var(--c-border)' }}>
          <Replay dataset={dataset} rows={view.rule ? shown.map((row) => row.id) : null} />
        </div>
      )}
      {open?.raw && (
        <RepairDrawer
          key={open.id}
          dataset={dataset}
          row={open}
          ruleOf={ruleOf}
          fieldOf={fieldOf}
          onClose={() => change({ row: '' })}
        />
      )}
    </>
  );
}

/** Judges rows again, e.g. after a repair or a change of the contract. */
function Replay({ dataset, rows }: { dataset: Dataset; rows: string[] | null }) {
  const { t } = useTranslation('datasets');
  const toast = useToast();
  const client = useQueryClient();
  const onError = useToldError();
  const replay = useMutation({
    mutationFn: () =>
      read(
        api.POST('/api/datasets/{dataset}/quarantine/replay', {
          params: { path: { dataset: dataset.name } },
          body: { rows },
        }),
      ),
    onSuccess: (batches) => {
      const good = batches.reduce((sum, each) => sum + each.good, 0);
      toast(t('aside.replayed', { good: String(good) }), good ? 'good' : 'info');
      void client.invalidateQueries({ queryKey: ['datasets'] });
    },
    onError,
  });
  return (
    <span className={css.keys} style={{ alignItems: 'center' }}>
      <Button onClick={() => replay.mutate()} loading={replay.isPending}>
        {rows ? t('aside.replaySome', { count: String(rows.length) }) : t('aside.replayAll')}
      </Button>
      <span>{t('aside.replayHint')}</span>
    </span>
  );
}

function useRuleTitle(dataset: Dataset): (rule: string) => string {
  const { t } = useTranslation('datasets');
  const say = useSay();
  return (rule) => {
    const own = dataset.rules.find((each) => each.name === rule);
    return own ? say(own.title, rule) : t(`broken.${rule}`, rule);
  };
}

function useFieldTitle(dataset: Dataset): (field: string) => string {
  const say = useSay();
  return (fields) =>
    fields
      .split(', ')
      .map((field) => say(dataset.fields.find((each) => each.name === field)?.title, field))
      .join(' + ');
}
