/** Controls above a list, and a chip for each filter that holds; each chip can be taken away. */
import { CloseOutlined, SearchOutlined } from '@ant-design/icons';
import { Input, Select } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './filter.module.css';

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
  chips?: readonly Chip[];
  onClear?: () => void;
  /** What stands at the right: counts, view switches. */
  end?: ReactNode;
  /** Stands in a flush Card, above its table. */
  above?: boolean;
}) {
  const { t } = useTranslation('ui');
  return (
    <search className={`${css.bar} ${above ? css.above : ''}`}>
      <div className={css.controls}>
        {children}
        {end && <div className={css.end}>{end}</div>}
      </div>
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
          {onClear && (
            <li>
              <button type="button" className={css.clear} onClick={onClear}>
                {t('filter.clear')}
              </button>
            </li>
          )}
        </ul>
      )}
    </search>
  );
}

/** One choice of few; nothing chosen means all. */
export function FilterSelect<Value extends string | number>({
  label,
  value,
  options,
  onChange,
  none,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  /** The value that means all: `''` or `0`. */
  none: Value;
}) {
  return (
    <Select<Value>
      aria-label={label}
      placeholder={label}
      allowClear
      value={value === none ? undefined : value}
      onChange={(chosen: Value | undefined) => onChange(chosen ?? none)}
      options={[...options]}
      popupMatchSelectWidth={false}
      style={{ minWidth: 120 }}
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
      style={{ width, maxWidth: '100%' }}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
