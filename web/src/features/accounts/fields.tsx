/** Fields that several forms of accounts share. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { departmentsQuery } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import css from './people.module.css';

export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className={css.field}>
      <span>{label}</span>
      {children}
      {hint && <small>{hint}</small>}
    </label>
  );
}

export function DepartmentField({
  value,
  onChange,
  disabled = false,
}: {
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
}) {
  const { t } = useTranslation('people');
  const say = useSay();
  const { data = [] } = useQuery(departmentsQuery);
  return (
    <Field label={t('column.department')}>
      <Select
        allowClear
        showSearch
        optionFilterProp="label"
        aria-label={t('column.department')}
        value={value || undefined}
        onChange={(next?: string) => onChange(next ?? '')}
        options={data.map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
        disabled={disabled}
      />
    </Field>
  );
}

export function LevelField({
  value,
  onChange,
  most = 6,
  disabled = false,
}: {
  value: number;
  onChange: (value: number) => void;
  most?: number;
  disabled?: boolean;
}) {
  const { t } = useTranslation('people');
  const levels = [1, 2, 3, 4, 5, 6].filter((each) => each <= Math.max(most, value));
  return (
    <Field label={t('column.level')} hint={t('levelHint')}>
      <Select
        aria-label={t('column.level')}
        value={value}
        onChange={onChange}
        options={levels.map((each) => ({ value: each, label: t('level', { level: String(each) }) }))}
        disabled={disabled}
      />
    </Field>
  );
}
