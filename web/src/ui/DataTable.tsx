/** The one table: sticky head, sorting, keyboard (↑ ↓ Home End, Enter opens), CSV, thousands of rows without delay. */
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Table, type TableColumnType } from 'antd';
import { Children, type ComponentProps, type KeyboardEvent, type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '../i18n';
import { useLang } from '../i18n/texts';
import { type Cell, csvOf, save } from './csv';
import { Empty } from './StateView';
import css from './table.module.css';
import { spoken, Words } from './Words';

export interface Column<Row> {
  key: string;
  title: string;
  /** Stands in the head instead of the title. */
  head?: ReactNode;
  /** What sorting and CSV use; without it the column does neither. */
  value?: (row: Row) => Cell;
  /** What is shown; the value itself when left out. */
  render?: (row: Row) => ReactNode;
  /** Numbers stand right, in tabular figures. */
  isNumber?: boolean;
  width?: number;
  /** Cut long text with an ellipsis. */
  cut?: boolean;
  /** Stays in view when the table scrolls sideways. */
  fixed?: 'start' | 'end';
}

export interface Sorting {
  key: string;
  descending: boolean;
}

export interface DataTableProps<Row> {
  /** What the table holds, for screen readers and the CSV's name. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** What a row opens, said to who does not see it; the first column's words when left out. */
  nameOf?: (row: Row) => string;
  /** Key of the row whose details are open. */
  openKey?: string;
  /** Height, px; the head then stays while rows scroll. Without it the page scrolls. */
  height?: number;
  loading?: boolean;
  /** Words over the rows of one group, as long as nothing is sorted; the rows come in the order of their groups. */
  groupOf?: (row: Row) => string;
  sorting?: Sorting;
  onSort?: (sorting: Sorting | undefined) => void;
  /** Name of the file; switches the CSV button on. */
  csv?: string;
  empty?: ReactNode;
  /** Words above the table, left of the buttons. */
  caption?: ReactNode;
}

/** From this many rows on only those in view are drawn. */
const VIRTUAL_FROM = 200;

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, columns, rows, keyOf, onOpen, openKey, height, sorting, onSort, csv, empty, caption } = props;
  const { t } = useTranslation('ui');
  const lang = useLang();
  const shown = useMemo(() => columns.map((column) => antdColumn(column, sorting, lang)), [columns, sorting, lang]);
  const isVirtual = height !== undefined && rows.length > VIRTUAL_FROM;
  const width = columns.reduce((sum, column) => sum + (column.width ?? 120), 0);
  const data = useMemo(() => [...rows], [rows]);
  const heads = headsOf(rows, keyOf, sorting?.key ? undefined : props.groupOf);
  return (
    <section className={css.table} aria-label={label} ref={onOpen ? undefined : reachable}>
      {(caption || csv) && (
        <div className={css.bar}>
          <span className={css.caption}>{caption}</span>
          {csv && <CsvButton name={csv} columns={columns} rows={rows} />}
        </div>
      )}
      <Table<Row>
        size="middle"
        {...(props.groupOf ? { components: GROUPED } : {})}
        columns={shown}
        dataSource={data}
        rowKey={keyOf}
        pagination={false}
        loading={props.loading ?? false}
        virtual={isVirtual}
        sticky={height === undefined}
        scroll={{
          x: isVirtual ? Math.max(width, 320) : 'max-content',
          ...(height === undefined ? {} : { y: height - 42 }),
        }}
        showSorterTooltip={false}
        locale={{ emptyText: empty ?? <Empty /> }}
        rowClassName={(row) => (keyOf(row) === openKey ? (css.open ?? '') : '')}
        onChange={(_pages, _filters, sorter) => {
          const one = Array.isArray(sorter) ? sorter[0] : sorter;
          onSort?.(one?.order ? { key: String(one.columnKey), descending: one.order === 'descend' } : undefined);
        }}
        onRow={(row) => ({
          ...(heads.has(keyOf(row)) ? { 'data-group': heads.get(keyOf(row)) } : {}),
          ...(onOpen && {
            tabIndex: 0,
            className: css.row ?? '',
            'aria-label': t('table.open', { name: props.nameOf?.(row) ?? rowName(row, columns) }),
            onClick: () => onOpen(row),
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => move(event, () => onOpen(row)),
          }),
        })}
      />
    </section>
  );
}

/** Saves the rows as they are shown. */
export function CsvButton<Row>(given: { name: string; columns: readonly Column<Row>[]; rows: readonly Row[] }) {
  return (
    <Button
      size="small"
      type="text"
      icon={<DownloadOutlined aria-hidden="true" />}
      onClick={() => save(`${given.name}.csv`, csvOf(given.columns, given.rows))}
    >
      CSV
    </Button>
  );
}

/** A row, below the words of the group that it begins. */
function GroupedRow({ 'data-group': group, ...rest }: ComponentProps<'tr'> & { 'data-group'?: string }) {
  if (group === undefined) return <tr {...rest} />;
  return (
    <>
      <tr className={css.group}>
        <th scope="rowgroup" colSpan={Children.count(rest.children)}>
          <Words of={group} />
        </th>
      </tr>
      <tr {...rest} />
    </>
  );
}

const GROUPED = { body: { row: GroupedRow } };

/** Keys of the rows that begin a group, with its words. */
function headsOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string, groupOf?: (row: Row) => string) {
  const heads = new Map<string, string>();
  let last: string | undefined;
  for (const row of groupOf ? rows : []) {
    const words = groupOf?.(row) ?? '';
    if (words !== last) heads.set(keyOf(row), words);
    last = words;
  }
  return heads;
}

/** Rows that cannot be opened take no focus, so what scrolls must: else the keyboard cannot reach the lower rows. */
function reachable(host: HTMLElement | null): void {
  for (const body of host?.querySelectorAll<HTMLElement>('.ant-table-body, .ant-table-content') ?? [])
    body.tabIndex = 0;
}

function antdColumn<Row extends object>(
  column: Column<Row>,
  sorting: Sorting | undefined,
  lang: Lang,
): TableColumnType<Row> {
  const { value } = column;
  const order = sorting?.key === column.key ? (sorting.descending ? 'descend' : 'ascend') : null;
  return {
    key: column.key,
    title: column.head ?? column.title,
    align: column.isNumber ? 'right' : 'left',
    ellipsis: column.cut ?? false,
    className: column.isNumber ? 'number' : '',
    ...(column.width === undefined ? {} : { width: column.width }),
    ...(column.fixed ? { fixed: column.fixed } : {}),
    ...(value ? { sorter: (a, b) => compare(value(a), value(b)), sortDirections: ['descend', 'ascend'] } : {}),
    ...(sorting ? { sortOrder: order } : {}),
    render: (_cell, row) => spoken(column.render ? column.render(row) : String(value?.(row) ?? '–'), lang),
  };
}

function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh-CN');
}

function rowName<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return String(columns.find((column) => column.value)?.value?.(row) ?? '');
}

function move(event: KeyboardEvent<HTMLElement>, open: () => void): void {
  const row = event.currentTarget;
  if (event.target !== row) return;
  const rows = [...(row.parentElement?.querySelectorAll<HTMLElement>('[tabindex="0"]') ?? [])];
  const at = rows.indexOf(row);
  const goal = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key];
  if (event.key === 'Enter' || event.key === ' ') open();
  else if (goal) goal.focus();
  else return;
  event.preventDefault();
}
