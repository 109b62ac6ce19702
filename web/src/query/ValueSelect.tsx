/** Values of a dimension to choose from: those that occur in what the person may see. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { labelOf, readAnswer } from '../charts/answer';
import { useLang } from '../i18n/texts';
import { isValue, type Value } from './model';
import { valuesQuery } from './queries';

export function ValueSelect({
  metric,
  dimension,
  title,
  value,
  onChange,
  width = 180,
  all,
}: {
  /** A metric whose rows have the dimension. */
  metric: string;
  dimension: string;
  title: string;
  value: readonly Value[];
  onChange: (values: Value[]) => void;
  width?: number | string;
  /** Words when nothing is chosen. */
  all?: string;
}) {
  const { t } = useTranslation('query');
  const lang = useLang();
  const query = useQuery(valuesQuery(metric, dimension));
  const [field] = query.data ? readAnswer(query.data, lang).dimensions : [];
  const known = (field?.values ?? []).filter(isValue);
  const options = [...new Set([...known, ...value])].map((each) => ({
    value: String(each),
    raw: each,
    label: query.data && field ? labelOf(query.data, field, each, lang, '–') : String(each),
  }));
  const raw = new Map(options.map((option) => [option.value, option.raw]));
  return (
    <Select
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      style={{ width, maxWidth: '100%' }}
      aria-label={title}
      placeholder={all ?? title}
      loading={query.isPending}
      value={value.map(String)}
      options={options}
      optionFilterProp="label"
      notFoundContent={query.isError ? t('values.failed') : t('values.none')}
      onChange={(chosen: string[]) => onChange(chosen.map((each) => raw.get(each) ?? each))}
    />
  );
}
