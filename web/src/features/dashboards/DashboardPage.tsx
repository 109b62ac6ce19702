/** One dashboard: tiles that are filtered together. Filters, range and the open tile stand in the URL. */
import { FullscreenExitOutlined, FullscreenOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Selected } from '../../charts/Chart';
import { useSay } from '../../i18n/texts';
import { type Filter, type Range, rangeOf, rangeText, withFilter } from '../../query/model';
import { RangeControl } from '../../query/RangeControl';
import { useNames, useWords } from '../../query/useWords';
import { ValueSelect } from '../../query/ValueSelect';
import { useView } from '../../routing/search';
import { EditDefinition } from '../../ui/EditDefinition';
import { FilterBar } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { StateView } from '../../ui/StateView';
import { Board, BoardSkeleton } from './Board';
import css from './board.module.css';
import { crossed } from './cross';
import { Freshness } from './Freshness';
import { dashboardsQuery, type Evaluation, evaluationQuery, type Tile } from './queries';
import { TileDrawer } from './TileDrawer';
import { useFullScreen } from './useFullScreen';
import { boardView } from './view';

export function DashboardPage() {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const { name = '' } = useParams({ strict: false });
  const [view, change] = useView(boardView);
  const range = useMemo(() => rangeOf(view.range), [view.range]);
  const query = useQuery(evaluationQuery(name, view.filters, range));
  const { data: all } = useQuery(dashboardsQuery);
  const summary = all?.find((each) => each.name === name);
  const box = useRef<HTMLDivElement>(null);
  const [isFull, toggleFull] = useFullScreen(box);
  const filters = useCallback((wanted: Filter[]) => change({ filters: wanted }, 'push'), [change]);
  const title = say(query.data?.title ?? summary?.title, name);
  return (
    <Page
      title={title}
      subtitle={say(summary?.description)}
      breadcrumb={[{ title: t('title'), to: '/dashboards' }, { title }]}
      actions={
        <>
          <EditDefinition kind="dashboard" name={name} />
          <Freshness evaluation={query.data} isFetching={query.isFetching} />
          <Button icon={<FullscreenOutlined aria-hidden="true" />} onClick={toggleFull}>
            {t('fullScreen')}
          </Button>
        </>
      }
    >
      <div ref={box} className={css.stage} data-full={isFull}>
        {isFull && (
          <header className={css.fullHead}>
            <h2>{title}</h2>
            <Freshness evaluation={query.data} isFetching={query.isFetching} />
            <Button icon={<FullscreenExitOutlined aria-hidden="true" />} onClick={toggleFull}>
              {t('leaveFullScreen')}
            </Button>
          </header>
        )}
        <Filters
          evaluation={query.data}
          filters={view.filters}
          range={range}
          onFilters={filters}
          onRange={(wanted) => change({ range: rangeText(wanted) }, 'push')}
          onClear={() => change({ filters: [], range: '' }, 'push')}
        />
        <StateView query={query} skeleton={<BoardSkeleton />}>
          {(evaluation) => (
            <Content
              evaluation={evaluation}
              filters={view.filters}
              isOld={query.isPlaceholderData}
              openTile={view.tile}
              onOpen={(tile) => change({ tile }, tile ? 'push' : 'replace')}
              onFilters={filters}
            />
          )}
        </StateView>
      </div>
    </Page>
  );
}

interface ContentProps {
  evaluation: Evaluation;
  filters: readonly Filter[];
  isOld: boolean;
  openTile: string;
  onOpen: (tile: string) => void;
  onFilters: (filters: Filter[]) => void;
}

function Content({ evaluation, filters, isOld, openTile, onOpen, onFilters }: ContentProps) {
  const select = (tile: Tile, selected: Selected) => {
    const wanted = tile.answer && crossed(filters, tile.answer, selected);
    if (wanted) onFilters(wanted);
  };
  return (
    <>
      <Board evaluation={evaluation} isOld={isOld} onOpen={onOpen} onSelect={select} />
      <TileDrawer
        tile={evaluation.tiles.find(({ name }) => name === openTile)}
        dimensions={evaluation.dimensions}
        onClose={() => onOpen('')}
      />
    </>
  );
}

interface FiltersProps {
  evaluation: Evaluation | undefined;
  filters: readonly Filter[];
  range: Range | null;
  onFilters: (filters: Filter[]) => void;
  onRange: (range: Range | null) => void;
  onClear: () => void;
}

function Filters({ evaluation, filters, range, onFilters, onRange, onClear }: FiltersProps) {
  const { t } = useTranslation('dashboards');
  const say = useSay();
  const words = useWords();
  const answers = useMemo(() => evaluation?.tiles.map(({ answer }) => answer) ?? [], [evaluation]);
  const dimensions = evaluation?.dimensions ?? [];
  const titles = useMemo(
    () => Object.fromEntries((evaluation?.dimensions ?? []).map((each) => [each.name, say(each.title, each.name)])),
    [evaluation, say],
  );
  const names = useNames(answers, titles);
  const offered = dimensions.filter(({ name }) => evaluation?.filters.includes(name));
  const chips = [
    ...(range ? [{ key: 'range', words: words.range(range), onRemove: () => onRange(null) }] : []),
    ...filters.map((filter) => ({
      key: filter.dimension,
      words: words.filter(filter, names),
      onRemove: () => onFilters(withFilter(filters, { ...filter, op: 'in', values: [] })),
    })),
  ];
  return (
    <FilterBar
      chips={chips}
      {...(chips.length > 1 ? { onClear } : {})}
      end={<span className={css.hint}>{t('clickHint')}</span>}
    >
      <RangeControl value={range} onChange={onRange} none={t('ownRange')} />
      {offered.map(({ name, title, metric }) => (
        <ValueSelect
          key={name}
          metric={metric}
          dimension={name}
          title={say(title, name)}
          all={t('allOf', { name: say(title, name) })}
          value={filters.find(({ dimension }) => dimension === name)?.values ?? []}
          onChange={(values) => onFilters(withFilter(filters, { dimension: name, op: 'in', values }))}
        />
      ))}
    </FilterBar>
  );
}
