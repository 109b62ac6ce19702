/** The bar of a list: search, choices with counts, how many are left, and a way back to everything. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FilterBar, FilterSelect, SearchField } from './FilterBar';
import { Empty } from './StateView';
import type { Filters } from './useFilters';

export function ListFilters<Row>({
  filters,
  search,
  end,
  above = false,
}: {
  filters: Filters<Row>;
  search: string;
  end?: ReactNode;
  above?: boolean;
}) {
  const { t } = useTranslation('ui');
  const counts = { shown: String(filters.shown.length), all: String(filters.total) };
  return (
    <FilterBar
      above={above}
      onClear={filters.isOn ? filters.clear : undefined}
      end={
        <>
          <span aria-live="polite">{t(filters.isOn ? 'filter.count' : 'filter.all', counts)}</span>
          {end}
        </>
      }
    >
      <SearchField value={filters.q} onChange={(q) => filters.set('q', q)} label={search} />
      {filters.filters.map(({ key, label, value, choices }) => (
        <FilterSelect
          key={key}
          label={label}
          value={value}
          choices={choices}
          onChange={(chosen) => filters.set(key, chosen)}
        />
      ))}
    </FilterBar>
  );
}

/** Nothing is left: says so, and leads back to everything. */
export function Unmet<Row>({ filters }: { filters: Filters<Row> }) {
  const { t } = useTranslation('ui');
  return (
    <Empty
      title={t('filter.unmet')}
      hint={t('filter.unmetHint')}
      action={filters.isOn && <Button onClick={filters.clear}>{t('filter.clear')}</Button>}
      height={240}
    />
  );
}
