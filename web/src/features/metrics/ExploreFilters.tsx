/** Filters of a query: those that hold, and one more by its dimension. */
import { CloseOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { type Filter, OPERATORS, type Operator } from '../../query/model';
import { ValueSelect } from '../../query/ValueSelect';
import type { Dimension } from './ExploreBuilder';
import css from './explore.module.css';

interface FiltersProps {
  /** Whose rows give the values to choose from. */
  metric: string;
  dimensions: readonly Dimension[];
  filters: readonly Filter[];
  onChange: (filters: Filter[]) => void;
}

const LISTS: readonly Operator[] = ['in', 'not in'];

export function ExploreFilters({ metric, dimensions, filters, onChange }: FiltersProps) {
  const { t } = useTranslation('explore');
  const say = useSay();
  const titleOf = (name: string) => say(dimensions.find((each) => each.name === name)?.title, name);
  const free = dimensions.filter(({ name }) => !filters.some((each) => each.dimension === name));
  const put = (at: number, filter: Filter) => onChange(filters.map((each, i) => (i === at ? filter : each)));
  return (
    <div className={css.filters}>
      {filters.map((filter, i) => (
        <div key={filter.dimension} className={css.filter}>
          <span className={css.filterHead}>
            <b>{titleOf(filter.dimension)}</b>
            <Select<Operator>
              size="small"
              variant="borderless"
              aria-label={t('operator', { name: titleOf(filter.dimension) })}
              popupMatchSelectWidth={false}
              value={filter.op}
              options={OPERATORS.map((op) => ({ value: op, label: t(`operators.${op}`) }))}
              onChange={(op) => put(i, { ...filter, op, values: fitting(op, filter.values) })}
            />
            <Button
              size="small"
              type="text"
              icon={<CloseOutlined aria-hidden="true" />}
              aria-label={t('removeFilter', { name: titleOf(filter.dimension) })}
              onClick={() => onChange(filters.filter((_, at) => at !== i))}
            />
          </span>
          {LISTS.includes(filter.op) && (
            <ValueSelect
              metric={metric}
              dimension={filter.dimension}
              title={titleOf(filter.dimension)}
              width="100%"
              value={filter.values}
              onChange={(values) => put(i, { ...filter, values })}
            />
          )}
          {!LISTS.includes(filter.op) && !filter.op.startsWith('is') && (
            <Input
              key={filter.op}
              aria-label={titleOf(filter.dimension)}
              defaultValue={filter.values.join(' ')}
              placeholder={filter.op === 'between' ? t('twoValues') : t('oneValue')}
              onBlur={(event) => put(i, { ...filter, values: typed(filter.op, event.target.value) })}
              onPressEnter={(event) => put(i, { ...filter, values: typed(filter.op, event.currentTarget.value) })}
            />
          )}
        </div>
      ))}
      <AddFilter metric={metric} dimensions={free} onAdd={(filter) => onChange([...filters, filter])} />
    </div>
  );
}

function AddFilter({
  metric,
  dimensions,
  onAdd,
}: {
  metric: string;
  dimensions: readonly Dimension[];
  onAdd: (filter: Filter) => void;
}) {
  const { t } = useTranslation('explore');
  const say = useSay();
  return (
    <Select
      aria-label={t('addFilter')}
      placeholder={metric ? t('addFilter') : t('splitHint')}
      disabled={dimensions.length === 0}
      value={null}
      options={dimensions.map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(dimension: string | null) => dimension && onAdd({ dimension, op: 'in', values: [] })}
    />
  );
}

/** A new operator keeps the values that it can take. */
function fitting(op: Operator, values: Filter['values']): Filter['values'] {
  if (op.startsWith('is')) return [];
  if (LISTS.includes(op)) return values;
  return values.slice(0, op === 'between' ? 2 : 1);
}

function typed(op: Operator, text: string): Filter['values'] {
  const pieces = op === 'between' ? text.trim().split(/\s+/) : [text.trim()];
  return pieces.filter(Boolean).map((each) => (/^-?\d+(\.\d+)?$/.test(each) ? Number(each) : each));
}
