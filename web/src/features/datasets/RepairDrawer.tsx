/** Changes raw cells of one row in quarantine, then judges it again. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useMay } from '../../api/session';
import { SideDrawer } from '../../ui/SideDrawer';
import { useToast, useToldError } from '../../ui/toast';
import css from './datasets.module.css';
import { type AsideRow, edited } from './quarantine';
import type { Dataset } from './queries';

interface RepairProps {
  dataset: Dataset;
  row: AsideRow;
  ruleOf: (rule: string) => string;
  fieldOf: (field: string) => string;
  onClose: () => void;
}

export function RepairDrawer({ dataset, row, ruleOf, fieldOf, onClose }: RepairProps) {
  const { t } = useTranslation('datasets');
  const may = useMay();
  const id = useId();
  const before = row.raw ?? {};
  const [cells, setCells] = useState(before);
  const changed = edited(before, cells);
  const repair = useRepair(dataset, row.id, onClose);
  const titles = new Set(row.reasons.map((each) => (each.field ? fieldOf(each.field) : '')));
  const isBroken = (column: string) =>
    titles.has(column) || row.reasons.some((each) => each.value !== null && each.value === before[column]);
  return (
    <SideDrawer
      open
      onClose={onClose}
      title={t('repair.title', { number: String(row.number) })}
      foot={
        may('datasets.repair') && (
          <Button
            type="primary"
            disabled={Object.keys(changed).length === 0}
            loading={repair.isPending}
            onClick={() => repair.mutate(changed)}
          >
            {t('repair.save')}
          </Button>
        )
      }
    >
      <ul className={css.sentences} style={{ marginBottom: 16 }}>
        {row.reasons.map((each) => (
          <li key={`${each.rule} ${each.field}`}>
            {each.field && `${fieldOf(each.field)} · `}
            {ruleOf(each.rule)}{' '}
            {each.value !== null && <code className={css.value}>{each.value || t('aside.blank')}</code>}
          </li>
        ))}
      </ul>
      <div className={css.cells}>
        {Object.entries(cells).map(([column, value]) => (
          <label key={column} htmlFor={`${id}-${column}`}>
            <span className={isBroken(column) ? css.isBroken : undefined}>{column}</span>
            <Input
              id={`${id}-${column}`}
              value={value ?? ''}
              readOnly={!may('datasets.repair')}
              status={isBroken(column) && !(column in changed) ? 'error' : ''}
              onChange={(event) => setCells({ ...cells, [column]: event.target.value })}
            />
          </label>
        ))}
      </div>
    </SideDrawer>
  );
}

function useRepair(dataset: Dataset, row: string, onDone: () => void) {
  const { t } = useTranslation('datasets');
  const toast = useToast();
  const client = useQueryClient();
  const onError = useToldError();
  return useMutation({
    mutationFn: async (changed: Record<string, string | null>) => {
      const path = { path: { dataset: dataset.name } };
      const edits = { [row]: changed };
      await read(api.POST('/api/datasets/{dataset}/quarantine/repair', { params: path, body: { edits } }));
      return read(api.POST('/api/datasets/{dataset}/quarantine/replay', { params: path, body: { rows: [row] } }));
    },
    onSuccess: (batches) => {
      const isGood = batches.some((each) => each.good > 0);
      toast(t(isGood ? 'repair.loaded' : 'repair.stillBad'), isGood ? 'good' : 'info');
      void client.invalidateQueries({ queryKey: ['datasets'] });
      onDone();
    },
    onError,
  });
}
