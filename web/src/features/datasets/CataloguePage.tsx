/** Every dataset of the city: found by name, title, owner or field, with rows, quality and freshness. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { FilteredTable } from '../../ui/FilteredTable';
import { FRESHNESS, freshnessOf } from '../../ui/freshness';
import { Kpi } from '../../ui/Kpi';
import { Cells, Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { useFilters } from '../../ui/useFilters';
import { useFormat } from '../../ui/useFormat';
import { type Dataset, datasetsQuery, knownQuery } from './queries';
import { useCatalogueColumns } from './useCatalogueColumns';
import { catalogueView, SHARING } from './views';
import { textOf } from './words';

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
  const [, change] = useView(catalogueView);
  const known = useQuery(knownQuery).data;
  const department = useDepartment();
  const navigate = useNavigate();
  const { now, full } = useFormat();
  const filters = useFilters(catalogueView, all, {
    textOf: (each) => textOf(each, department(each.owner)),
    facets: {
      owner: { label: t('column.owner'), of: (each) => each.owner, words: department },
      level: {
        label: t('column.level'),
        of: (each) => String(each.level),
        words: (level) => t('level', { level: full(Number(level)) }),
      },
      sharing: {
        label: t('column.sharing'),
        of: (each) => each.sharing,
        words: (value) => t(`sharing.${value}`),
        among: SHARING,
      },
      fresh: {
        label: t('column.fresh'),
        of: (each) => freshnessOf(each, now()).step,
        words: (value) => t(`fresh.${value}`),
        among: FRESHNESS,
      },
    },
  });
  const columns = useCatalogueColumns(known, filters.q);
  const rows = all.reduce((sum, each) => sum + each.rows, 0);
  const aside = all.reduce((sum, each) => sum + each.quarantined, 0);
  const readable = known?.filter((each) => each.readable).length;
  return (
    <>
      <h2 className="unseen">{t('summary')}</h2>
      <Cells least={170}>
        <Kpi title={t('kpi.datasets')} value={all.length} onOpen={filters.clear} />
        <Kpi title={t('kpi.readable')} value={readable} note={t('kpi.readableNote')} />
        <Kpi title={t('kpi.rows')} value={rows} onOpen={() => change({ sort: 'rows', down: true })} />
        <Kpi title={t('kpi.aside')} value={aside} onOpen={() => change({ sort: 'quarantined', down: true })} />
      </Cells>
      <Card flush className="catalogue">
        <FilteredTable
          filters={filters}
          search={t('search')}
          label={t('title')}
          columns={columns}
          keyOf={(each) => each.name}
          onOpen={(each) => void navigate({ to: '/datasets/$name', params: { name: each.name } })}
          csv={t('title')}
        />
      </Card>
    </>
  );
}
