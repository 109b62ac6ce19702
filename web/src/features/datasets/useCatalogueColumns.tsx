/** Columns of the catalogue: fewer on phones. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../api/client';
import { useDepartment } from '../../api/departments';
import { useLang, useSay } from '../../i18n/texts';
import type { Column } from '../../ui/DataTable';
import { FRESHNESS_TONE, freshnessOf } from '../../ui/freshness';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import css from './datasets.module.css';
import { Quality } from './Quality';
import type { Dataset } from './queries';
import { fieldsMet } from './words';

type Known = Schema<'DatasetKnown'>;

export function useCatalogueColumns(known: readonly Known[] | undefined, q: string): Column<Dataset>[] {
  const { t } = useTranslation('datasets');
  const say = useSay();
  const lang = useLang();
  const department = useDepartment();
  const narrow = useNarrow();
  const { now, short, full, relative, fullMoment } = useFormat();

  const accessOf = (dataset: Dataset): { words: string; tone: Tone } => {
    const found = known?.find((each) => each.dataset === dataset.name);
    if (!known) return { words: '…', tone: 'neutral' };
    if (!found?.readable) return { words: t('access.none'), tone: 'neutral' };
    const treatments = Object.values(found.columns);
    const isPart = found.rows === 'some' || treatments.some((each) => each !== 'raw');
    return isPart ? { words: t('access.some'), tone: 'info' } : { words: t('access.all'), tone: 'good' };
  };

  const name: Column<Dataset> = {
    key: 'title',
    title: t('column.title'),
    width: narrow ? 150 : 260,
    value: (each) => say(each.title, each.name),
    render: (each) => {
      const met = fieldsMet(each, q, lang).slice(0, 3);
      return (
        <span className={css.named}>
          <Link
            to="/datasets/$name"
            params={{ name: each.name }}
            className={css.title}
            tabIndex={-1}
            onClick={(event) => event.stopPropagation()}
          >
            {say(each.title, each.name)}
          </Link>
          <code className={css.name}>{each.name}</code>
          {met.length > 0 && <span className={css.met}>{t('met', { fields: met.join(' · ') })}</span>}
        </span>
      );
    },
  };
  const rows: Column<Dataset> = {
    key: 'rows',
    title: t('column.rows'),
    isNumber: true,
    width: narrow ? 84 : 96,
    value: (each) => each.rows,
    render: (each) => <span title={full(each.rows)}>{short(each.rows, 1)}</span>,
  };
  const fresh: Column<Dataset> = {
    key: 'newest',
    title: t('column.newest'),
    width: narrow ? 112 : 124,
    value: (each) => freshnessOf(each, now()).at,
    render: (each) => {
      const { step, at } = freshnessOf(each, now());
      return (
        <span title={fullMoment(at)}>
          <StatusTag tone={FRESHNESS_TONE[step]} dot>
            {at ? relative(at) : t('fresh.none')}
          </StatusTag>
        </span>
      );
    },
  };
  if (narrow) return [name, rows, fresh];
  return [
    name,
    { key: 'owner', title: t('column.owner'), width: 150, value: (each) => department(each.owner) },
    {
      key: 'level',
      title: t('column.level'),
      width: 104,
      value: (each) => each.level,
      render: (each) => t('level', { level: String(each.level) }),
    },
    {
      key: 'sharing',
      title: t('column.sharing'),
      width: 116,
      value: (each) => each.sharing,
      render: (each) => t(`sharing.${each.sharing}`),
    },
    rows,
    {
      key: 'quality',
      title: t('column.quality'),
      width: 140,
      value: (each) => each.quality,
      render: (each) => <Quality share={each.quality} />,
    },
    {
      key: 'quarantined',
      title: t('column.quarantined'),
      isNumber: true,
      width: 90,
      value: (each) => each.quarantined,
      render: (each) =>
        each.quarantined ? (
          <Link
            to="/datasets/$name"
            params={{ name: each.name }}
            search={{ tab: 'quarantine' }}
            onClick={(event) => event.stopPropagation()}
          >
            {full(each.quarantined)}
          </Link>
        ) : (
          '0'
        ),
    },
    fresh,
    {
      key: 'access',
      title: t('column.access'),
      width: 104,
      value: (each) => accessOf(each).words,
      render: (each) => {
        const { words, tone } = accessOf(each);
        return <StatusTag tone={tone}>{words}</StatusTag>;
      },
    },
  ];
}
