/** Every dataset of the city: found by name, title, owner or field, with rows, quality and freshness. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { type Chip, FilterBar, FilterSelect, SearchField } from '../../ui/FilterBar';
import { FRESHNESS } from '../../ui/freshness';
import { Kpi } from '../../ui/Kpi';
import { Cells, Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { filtered } from './filters';
import { type Dataset, datasetsQuery, knownQuery } from './queries';
import { useCatalogueColumns } from './useCatalogueColumns';
import { catalogueView, SHARING, SORTS } from './views';

const LEVELS = [1, 2, 3, 4, 5, 6] as const;

export function CataloguePage() {
  const { t } = useTranslation('datasets');
  const query = useQuery(datasetsQuery);
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <StateView
        query={query}
        height={560}
        isEmpty={(all) => all.length === 0}
        empty={<Empty height={400} title={t('none')} hint={t('noneHint')} />}
      >
        {(all) => <Catalogue all={all} />}
      </StateView>
    </Page>
  );
}

function Catalogue({ all }: { all: Dataset[] }) {
  const { t } = useTranslation('datasets');
  const [view, change] = useView(catalogueView);
  const known = useQuery(knownQuery).data;
  const department = useDepartment();
  const navigate = useNavigate();
  const { now, full } = useFormat();
  const shown = filtered(all, view, department, now());
  const columns = useCatalogueColumns(known, view.q);
  const rows = all.reduce((sum, each) => sum + each.rows, 0);
  const aside = all.reduce((sum, each) => sum + each.quarantined, 0);
  const readable = known?.filter((each) => each.readable).length;
  const owners = [...new Set(all.map((each) => each.owner))].filter((each) => each !== null);
  const clear = { q: '', owner: '', level: 0, sharing: '', fresh: '' } as const;
  return (
    <>
      <h2 className="unseen">{t('summary')}</h2>
      <Cells least={170}>
        <Kpi title={t('kpi.datasets')} value={all.length} onOpen={() => change(clear)} />
        <Kpi title={t('kpi.readable')} value={readable} note={t('kpi.readableNote')} />
        <Kpi title={t('kpi.rows')} value={rows} onOpen={() => change({ sort: 'rows', down: true })} />
        <Kpi title={t('kpi.aside')} value={aside} onOpen={() => change({ sort: 'quarantined', down: true })} />
      </Cells>
      <Card flush className="catalogue">
        <FilterBar above chips={useChips()} onClear={() => change(clear)}>
          <SearchField value={view.q} onChange={(q) => change({ q })} label={t('search')} width={280} />
          <FilterSelect
            label={t('column.owner')}
            value={view.owner}
            none=""
            options={owners.map((value) => ({ value, label: department(value) }))}
            onChange={(owner) => change({ owner })}
          />
          <FilterSelect
            label={t('column.level')}
            value={view.level}
            none={0}
            options={LEVELS.map((value) => ({ value, label: t('level', { level: full(value) }) }))}
            onChange={(level) => change({ level })}
          />
          <FilterSelect
            label={t('column.sharing')}
            value={view.sharing}
            none=""
            options={SHARING.map((value) => ({ value, label: t(`sharing.${value}`) }))}
            onChange={(sharing) => change({ sharing })}
          />
          <FilterSelect
            label={t('column.fresh')}
            value={view.fresh}
            none=""
            options={FRESHNESS.map((value) => ({ value, label: t(`fresh.${value}`) }))}
            onChange={(fresh) => change({ fresh })}
          />
        </FilterBar>
        <DataTable
          label={t('title')}
          columns={columns}
          rows={shown}
          keyOf={(each) => each.name}
          onOpen={(each) => void navigate({ to: '/datasets/$name', params: { name: each.name } })}
          sorting={{ key: view.sort, descending: view.down }}
          onSort={(sorting) =>
            change({
              sort: SORTS.find((each) => each === sorting?.key) ?? '',
              down: sorting?.descending ?? false,
            })
          }
          caption={<Count shown={shown.length} all={all.length} />}
          csv={t('title')}
          empty={<Empty title={t('unmet')} hint={t('unmetHint')} height={240} />}
        />
      </Card>
    </>
  );
}

function Count({ shown, all }: { shown: number; all: number }) {
  const { t } = useTranslation('datasets');
  return (
    <span className="muted number" aria-live="polite">
      {t('count', { shown: String(shown), all: String(all) })}
    </span>
  );
}

function useChips(): Chip[] {
  const { t } = useTranslation('datasets');
  const [view, change] = useView(catalogueView);
  const department = useDepartment();
  const chips: (Chip | undefined)[] = [
    view.owner
      ? {
          key: 'owner',
          words: `${t('column.owner')}: ${department(view.owner)}`,
          onRemove: () => change({ owner: '' }),
        }
      : undefined,
    view.level
      ? { key: 'level', words: t('level', { level: String(view.level) }), onRemove: () => change({ level: 0 }) }
      : undefined,
    view.sharing
      ? { key: 'sharing', words: t(`sharing.${view.sharing}`), onRemove: () => change({ sharing: '' }) }
      : undefined,
    view.fresh ? { key: 'fresh', words: t(`fresh.${view.fresh}`), onRemove: () => change({ fresh: '' }) } : undefined,
  ];
  return chips.filter((chip) => chip !== undefined);
}
