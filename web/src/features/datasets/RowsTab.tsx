/** The first rows, as far as the person here may see them; masked columns say so in their heads. */
import { LockOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { useLabels } from '../../api/labels';
import { useLang, useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { type Column, DataTable } from '../../ui/DataTable';
import { headWith } from '../../ui/format';
import { Empty, NoPermission, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import css from './datasets.module.css';
import { type Dataset, type Rows, rowsQuery } from './queries';
import { datasetView } from './views';

interface Line {
  row: number;
}

export function RowsTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const [, change] = useView(datasetView);
  const order = dataset.time ? `-${dataset.time}` : '';
  const query = useQuery(rowsQuery(dataset.name, order));
  const ordered = useQuery({ ...rowsQuery(dataset.name, ''), enabled: query.isError && order !== '' });
  const used = query.isError && order !== '' ? ordered : query;
  if (used.error instanceof ApiError && used.error.isForbidden)
    return (
      <>
        <NoPermission height={320} hint={used.error.message} />
        <p style={{ textAlign: 'center', paddingBottom: 24 }}>
          <Button onClick={() => change({ why: true, purpose: 'preview' }, 'push')}>{t('why.open')}</Button>
        </p>
      </>
    );
  return (
    <StateView
      query={used}
      height={480}
      isEmpty={(rows) => rows.rows === 0}
      empty={<Empty height={320} title={t('rows.none')} hint={t('rows.noneHint')} />}
    >
      {(rows) => <RowsTable dataset={dataset} rows={rows} />}
    </StateView>
  );
}

function RowsTable({ dataset, rows }: { dataset: Dataset; rows: Rows }) {
  const { t } = useTranslation('datasets');
  const say = useSay();
  const lang = useLang();
  const { ofCode } = useLabels();
  const { full, fullMoment } = useFormat();
  const hidden = dataset.fields.length - rows.columns.length;
  const columns = rows.columns.map((column, i): Column<Line> => {
    const field = dataset.fields.find((each) => each.name === column.name);
    const isNumber = field?.type === 'integer' || field?.type === 'number';
    const isMasked = column.treatment !== null && column.treatment !== 'raw';
    const name = say(field?.title, column.name);
    const value = ({ row }: Line) => plain(rows.data[i]?.[row]);
    return {
      key: column.name,
      title: `${headWith(name, field?.unit, lang)}${isMasked ? ` · ${t('rows.masked')}` : ''}`,
      isNumber,
      width: field?.type === 'timestamp' ? 170 : 140,
      value,
      render: (line) => {
        const cell = value(line);
        if (cell === null) return <span className={css.null}>–</span>;
        if (field?.type === 'timestamp' && typeof cell === 'string')
          return <span className="number">{fullMoment(cell)}</span>;
        if (typeof cell === 'boolean') return t(cell ? 'rows.yes' : 'rows.no');
        if (isNumber && typeof cell === 'number') return full(cell, 6);
        return <Value value={String(cell)} title={ofCode(field?.codes, cell)} isMasked={isMasked} />;
      },
    };
  });
  const lines: Line[] = Array.from({ length: rows.rows }, (_, row) => ({ row }));
  const isPart = rows.limited.length > 0;
  return (
    <DataTable
      label={t('tab.rows')}
      columns={columns}
      rows={lines}
      keyOf={({ row }) => String(row)}
      csv={`${dataset.name}_${t('tab.rows')}`}
      caption={
        <>
          {t('rows.caption', { shown: full(rows.rows), all: full(dataset.rows), at: fullMoment(rows.as_of) })}
          {isPart && ` · ${t('rows.limited')}`}
          {hidden > 0 && (
            <>
              {' · '}
              <LockOutlined aria-hidden="true" /> {t('rows.hidden', { count: full(hidden) })}
            </>
          )}
        </>
      }
    />
  );
}

/** A value; one of a code table by its title, with the code behind it. */
function Value({ value, title, isMasked }: { value: string; title: string | undefined; isMasked: boolean }) {
  if (isMasked) return <span className={css.masked}>{value}</span>;
  if (title === undefined || title === value) return <Words of={value} />;
  return (
    <span>
      <Words of={title} /> <code className={css.rawCode}>{value}</code>
    </span>
  );
}

/** A cell as something that sorts: JSON values become text. */
function plain(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
