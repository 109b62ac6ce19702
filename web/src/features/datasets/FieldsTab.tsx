/** Fields with their types, units, levels and rules, and how each is shown to the person here. */
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { type Column, DataTable } from '../../ui/DataTable';
import { StatusTag } from '../../ui/StatusTag';
import { useNarrow } from '../../ui/useNarrow';
import css from './datasets.module.css';
import { accessQuery, type Dataset } from './queries';
import { Treatment } from './Treatment';
import { datasetView } from './views';

type Field = Dataset['fields'][number];

export function FieldsTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const say = useSay();
  const narrow = useNarrow();
  const [, change] = useView(datasetView);
  const access = useQuery(accessQuery(dataset.name)).data;
  const treatmentOf = (field: Field) => (access?.allowed ? (access.columns[field.name] ?? 'deny') : 'deny');

  const title: Column<Field> = {
    key: 'title',
    title: t('field.title'),
    width: narrow ? 150 : 220,
    value: (field) => say(field.title, field.name),
    render: (field) => (
      <span className={css.named}>
        <span className={css.title}>{say(field.title, field.name)}</span>
        <code className={css.name}>
          {field.name}
          {dataset.key.includes(field.name) && ` · ${t('field.key')}`}
          {dataset.time === field.name && ` · ${t('field.time')}`}
        </code>
      </span>
    ),
  };
  const type: Column<Field> = {
    key: 'type',
    title: t('field.type'),
    width: 120,
    value: (field) => field.type,
    render: (field) => (
      <>
        {t(`type.${field.type}`)}
        {field.unit && <span className="muted"> · {say(field.unit)}</span>}
      </>
    ),
  };
  const treatment: Column<Field> = {
    key: 'treatment',
    title: t('field.treatment'),
    width: 120,
    value: treatmentOf,
    render: (field) =>
      access ? (
        <button
          type="button"
          onClick={() => change({ why: true }, 'push')}
          style={{ background: 'none', border: 0, padding: 0, cursor: 'pointer' }}
        >
          <Treatment kind={treatmentOf(field)} />
          <span className="unseen">{t('why.of', { name: say(field.title, field.name) })}</span>
        </button>
      ) : (
        '…'
      ),
  };
  const columns: Column<Field>[] = narrow
    ? [title, type, treatment]
    : [
        title,
        type,
        {
          key: 'level',
          title: t('column.level'),
          width: 90,
          value: (field) => field.level,
          render: (field) => t('level', { level: String(field.level) }),
        },
        {
          key: 'rules',
          title: t('field.rules'),
          width: 260,
          value: (field) => rulesOf(field, t).join('; '),
          render: (field) => (
            <span className={css.rules}>
              {rulesOf(field, t).map((rule) => (
                <span key={rule} className={css.rule}>
                  {rule}
                </span>
              ))}
            </span>
          ),
        },
        treatment,
      ];
  return (
    <>
      <DataTable
        label={t('tab.fields')}
        columns={columns}
        rows={dataset.fields}
        keyOf={(field) => field.name}
        csv={`${dataset.name}_${t('tab.fields')}`}
        caption={t('field.caption')}
      />
      {dataset.rules.length > 0 && (
        <section className={css.rowRules}>
          <h3>{t('field.rowRules')}</h3>
          <ul>
            {dataset.rules.map((rule) => (
              <li key={rule.name}>
                <StatusTag tone={rule.on_fail === 'quarantine' ? 'warning' : 'neutral'}>
                  {t(`onFail.${rule.on_fail}`)}
                </StatusTag>
                {say(rule.title, rule.name)} <code className={css.name}>{rule.name}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What the contract demands of a field, in words. */
function rulesOf(field: Field, t: TFunction<'datasets'>): string[] {
  const { required, lowest, highest, codes, format, pattern } = field;
  const range =
    lowest !== null && highest !== null
      ? `${lowest} – ${highest}`
      : lowest !== null
        ? `≥ ${lowest}`
        : highest !== null
          ? `≤ ${highest}`
          : '';
  return [
    required ? t('rule.required') : '',
    range,
    codes ? t('rule.codes', { codes }) : '',
    format ? t('rule.format', { format }) : '',
    pattern ? t('rule.pattern', { pattern }) : '',
  ].filter(Boolean);
}
