/** A table that is searched and filtered: one bar with counts and CSV, and a way out when nothing matches. */
import type { ReactNode } from 'react';
import { CsvButton, DataTable, type DataTableProps } from './DataTable';
import { ListFilters, Unmet } from './ListFilters';
import type { Filters } from './useFilters';

type Shared<Row> = Omit<DataTableProps<Row>, 'rows' | 'caption' | 'empty' | 'sorting' | 'onSort'>;

export function FilteredTable<Row extends object>({
  filters,
  search,
  end,
  csv,
  rows = filters.shown,
  ...table
}: Shared<Row> & {
  filters: Filters<Row>;
  /** Says what is searched. */
  search: string;
  /** What stands at the right of the bar, after the count. */
  end?: ReactNode;
  /** The rows left, in another order. */
  rows?: readonly Row[];
}) {
  return (
    <>
      <ListFilters
        above
        filters={filters}
        search={search}
        end={
          <>
            {csv && <CsvButton name={csv} columns={table.columns} rows={rows} />}
            {end}
          </>
        }
      />
      <DataTable
        {...table}
        rows={rows}
        sorting={filters.sorting}
        onSort={filters.onSort}
        empty={<Unmet filters={filters} />}
      />
    </>
  );
}
