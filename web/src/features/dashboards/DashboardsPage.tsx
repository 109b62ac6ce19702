/** The gallery: every dashboard with a small picture of its layout. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../api/client';
import { useSay } from '../../i18n/texts';
import { departmentsQuery } from '../../query/queries';
import { FilterBar, SearchField } from '../../ui/FilterBar';
import { Cells, Page } from '../../ui/Page';
import { Empty, Skeleton, StateView } from '../../ui/StateView';
import css from './gallery.module.css';
import { Outline } from './Outline';
import { dashboardsQuery, outlineQuery } from './queries';

type Summary = Schema<'DashboardSummary'>;

export function DashboardsPage() {
  const { t } = useTranslation('dashboards');
  const query = useQuery(dashboardsQuery);
  const [text, setText] = useState('');
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <FilterBar end={query.data && t('count', { count: query.data.length })}>
        <SearchField value={text} onChange={setText} label={t('search')} />
      </FilterBar>
      <StateView
        query={query}
        skeleton={<GallerySkeleton />}
        isEmpty={(all) => all.length === 0}
        empty={<Empty title={t('none')} hint={t('noneHint')} height={320} />}
      >
        {(all) => <Gallery all={all.filter((each) => matches(each, text))} />}
      </StateView>
    </Page>
  );
}

function Gallery({ all }: { all: readonly Summary[] }) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const { data: departments = [] } = useQuery(departmentsQuery);
  const outlines = useQueries({ queries: all.map(({ name }) => outlineQuery(name)) });
  if (all.length === 0) return <Empty title={t('noMatch')} height={240} />;
  return (
    <ul className={css.gallery}>
      {all.map((each, i) => {
        const owner = departments.find(({ name }) => name === each.owner);
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
                {[each.owner && say(owner?.title, each.owner), t('tiles', { count: each.tiles })]
                  .filter(Boolean)
                  .join(' · ')}
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

function matches({ name, title, description }: Summary, text: string): boolean {
  const words = [name, title.zh, title.en, description?.zh, description?.en].join(' ').toLowerCase();
  return words.includes(text.trim().toLowerCase());
}
