/** Controls above a list, a chip for what holds without one, and a way to take every filter away. */
import { CloseOutlined, SearchOutlined } from '@ant-design/icons';
import { Input, Select } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './filter.module.css';
import type { Choice } from './sift';

/** From this many choices on one may type to find one. */
const MANY = 9;

export interface Chip {
  key: string;
  /** “区县：临湖区”. */
  words: ReactNode;
  onRemove: () => void;
}

export function FilterBar({
  children,
  chips = [],
  onClear,
  end,
  above,
}: {
  children?: ReactNode;
  /** What holds without a control that shows it. */
  chips?: readonly Chip[];
  /** Takes every filter away; given while one holds. */
  onClear?: (() => void) | undefined;
  /** What stands at the right: counts, view switches. */
  end?: ReactNode;
  /** Stands in a flush Card, above its table. */
  above?: boolean;
}) {
  const { t } = useTranslation('ui');
  return (
    <search className={`${css.bar} ${above ? css.above : ''}`}>
      {children}
      {chips.length > 0 && (
        <ul className={css.chips} aria-label={t('filter.active')}>
          {chips.map((chip) => (
            <li key={chip.key} className={css.chip}>
              {chip.words}
              <button type="button" onClick={chip.onRemove} aria-label={t('filter.remove')}>
                <CloseOutlined />
              </button>
            </li>
          ))}
        </ul>
      )}
      {onClear && (
        <button type="button" className={css.clear} onClick={onClear}>
          {t('filter.clear')}
        </button>
      )}
      {end && <div className={css.end}>{end}</div>}
    </search>
  );
}

/** One choice of few, each with how many rows it would leave; nothing chosen means all. */
export function FilterSelect({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  /** `''` means all. */
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
}) {
  return (
    <Select
      className={`${css.select} ${value ? css.chosen : ''}`}
      aria-label={label}
      placeholder={label}
      allowClear
      showSearch={choices.length > MANY && { optionFilterProp: 'label' }}
      value={value || undefined}
      onChange={(chosen: string | undefined) => onChange(chosen ?? '')}
      options={[...choices]}
      optionRender={({ data }) => (
        <span className={css.choice}>
          {data.label}
          {data.count !== undefined && <span className="muted number">{data.count}</span>}
        </span>
      )}
      popupMatchSelectWidth={false}
    />
  );
}

/** Wait after the last key before a list is asked for anew, ms. */
const TYPING_MS = 250;

/** A search field that tells what was typed once typing pauses. */
export function SearchField({
  value,
  onChange,
  label,
  width = 240,
}: {
  value: string;
  onChange: (value: string) => void;
  /** Says what is searched; also the placeholder. */
  label: string;
  width?: number;
}) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  if (told !== value) {
    setTold(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === told) return undefined;
    const timer = window.setTimeout(() => {
      setTold(typed);
      onChange(typed);
    }, TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed, told, onChange]);
  return (
    <Input
      type="search"
      allowClear
      prefix={<SearchOutlined aria-hidden="true" />}
      value={typed}
      placeholder={label}
      aria-label={label}
      className={css.search ?? ''}
      style={{ width }}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
