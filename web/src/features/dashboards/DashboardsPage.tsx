/** The gallery: every dashboard with a small picture of its layout. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../api/client';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { ListFilters, Unmet } from '../../ui/ListFilters';
import { Cells, Page } from '../../ui/Page';
import { Empty, Skeleton, StateView } from '../../ui/StateView';
import { useFilters } from '../../ui/useFilters';
import css from './gallery.module.css';
import { Outline } from './Outline';
import { dashboardsQuery, outlineQuery } from './queries';
import { galleryView } from './view';
import { textOf } from './words';

type Summary = Schema<'DashboardSummary'>;

export function DashboardsPage() {
  const { t } = useTranslation('dashboards');
  const query = useQuery(dashboardsQuery);
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <StateView
        query={query}
        skeleton={<GallerySkeleton />}
        isEmpty={(all) => all.length === 0}
        empty={<Empty title={t('none')} hint={t('noneHint')} height={320} />}
      >
        {(all) => <Gallery all={all} />}
      </StateView>
    </Page>
  );
}

function Gallery({ all }: { all: readonly Summary[] }) {
  const { t } = useTranslation('dashboards');
  const department = useDepartment();
  const filters = useFilters(galleryView, all, {
    textOf,
    facets: { owner: { label: t('owner'), of: (each) => each.owner, words: department } },
  });
  return (
    <>
      <ListFilters filters={filters} search={t('search')} />
      {filters.shown.length > 0 ? <Pictures all={filters.shown} /> : <Unmet filters={filters} />}
    </>
  );
}

function Pictures({ all }: { all: readonly Summary[] }) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const department = useDepartment();
  const outlines = useQueries({ queries: all.map(({ name }) => outlineQuery(name)) });
  return (
    <ul className={css.gallery}>
      {all.map((each, i) => {
        return (
          <li key={each.name} className={css.item}>
            <Outline places={outlines[i]?.data ?? []} />
            <div className={css.words}>
              <h2 className={css.title}>
                <Link to="/dashboards/$name" params={{ name: each.name }} className={css.open}>
                  {say(each.title, each.name)}
                </Link>
              </h2>
              <p className={css.description}>{say(each.description)}</p>
              <p className={css.facts}>
                {[each.owner && department(each.owner), t('tiles', { count: each.tiles })].filter(Boolean).join(' · ')}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function GallerySkeleton() {
  return (
    <Cells least={300}>
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} height={284} />
      ))}
    </Cells>
  );
}
