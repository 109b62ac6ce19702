/** One screen: figures above, the map in the middle, panels left and right, legend and age of the data below. */
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Skeleton, StateView } from '../../../ui/StateView';
import { useShortcut } from '../../../ui/shortcuts';
import { useFormat } from '../../../ui/useFormat';
import type { Evaluation, Summary, Tile } from '../queries';
import { TileDrawer } from '../TileDrawer';
import { useFullScreen } from '../useFullScreen';
import { Feed } from './Feed';
import { Figures } from './Figures';
import { Head } from './Head';
import { Hero } from './Hero';
import { Orders } from './Orders';
import { useScreen } from './refresh';
import css from './screen.module.css';
import { TilePanel } from './TilePanel';
import { useItems } from './useItems';

interface ScreenProps {
  name: string;
  screens: readonly Summary[];
  openTile: string;
  onOpen: (tile: string) => void;
  onScreen: (name: string) => void;
}

export function Screen(props: ScreenProps) {
  const query = useScreen(props.name);
  return (
    <StateView query={query} skeleton={<ScreenSkeleton />}>
      {(evaluation) => <Content {...props} evaluation={evaluation} />}
    </StateView>
  );
}

function Content({ evaluation, screens, openTile, onOpen, onScreen }: ScreenProps & { evaluation: Evaluation }) {
  const box = useRef<HTMLElement>(null);
  const [isFull, toggleFull] = useFullScreen(useRef(document.documentElement));
  useShortcut('fullScreen', toggleFull);
  const items = useItems();
  const { figures, hero, left, right } = useMemo(() => placed(evaluation.tiles), [evaluation.tiles]);
  const panel = (tile: Tile) => <TilePanel key={tile.name} tile={tile} onOpen={() => onOpen(tile.name)} />;
  return (
    <div className={css.screen}>
      <Head evaluation={evaluation} screens={screens} isFull={isFull} onFull={toggleFull} onScreen={onScreen} />
      <main className={css.main} ref={box}>
        {figures.length > 0 && <Figures tiles={figures} onOpen={onOpen} />}
        <div className={css.columns}>
          {left.length > 0 && <div className={css.side}>{left.map(panel)}</div>}
          <Hero tile={hero} items={items} onOpen={onOpen} />
          <div className={css.side}>
            <Feed items={items} />
            <Orders items={items ?? []} />
            {right.map(panel)}
          </div>
        </div>
        <Age evaluation={evaluation} />
      </main>
      <TileDrawer
        tile={evaluation.tiles.find(({ name }) => name === openTile)}
        dimensions={evaluation.dimensions}
        onClose={() => onOpen('')}
      />
    </div>
  );
}

/** Where the tiles stand on a screen, from their layout: figures, first map, and the rest left or right of its middle. */
export function placed(tiles: readonly Tile[]) {
  const sorted = tiles.toSorted((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
  const middle = Math.max(...tiles.map(({ layout }) => layout.x + layout.w)) / 2;
  const hero = sorted.find(({ chart }) => chart === 'map');
  const rest = sorted.filter((tile) => tile.chart !== 'kpi' && tile !== hero);
  return {
    figures: sorted.filter(({ chart }) => chart === 'kpi'),
    hero,
    left: rest.filter(({ layout }) => layout.x + layout.w / 2 <= middle),
    right: rest.filter(({ layout }) => layout.x + layout.w / 2 > middle),
  };
}

function Age({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useTranslation('cockpit');
  const { fullMoment } = useFormat();
  const known = evaluation.tiles.flatMap(({ answer }) => (answer?.as_of ? [answer.as_of] : [])).sort();
  const [oldest] = known;
  return (
    <footer className={css.foot}>
      {oldest && <span className="number">{t('asOf', { at: fullMoment(oldest).slice(0, 16) })}</span>}
      <span>{t('drill')}</span>
    </footer>
  );
}

export function ScreenSkeleton() {
  return (
    <div className={css.alone}>
      <Skeleton height={280} />
    </div>
  );
}
