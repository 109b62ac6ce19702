/** One screen: figures above, the map in the middle, panels left and right, legend and age of the data below. */
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCity } from '../../../api/session';
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
import panelCss from './panel.module.css';
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
  if (query.isError && !query.data) return <StateView query={query}>{() => null}</StateView>;
  return <Content {...props} evaluation={query.data} />;
}

/** While the tiles are computed the map, what is going on and the head stand already. */
function Content({
  name,
  evaluation,
  screens,
  openTile,
  onOpen,
  onScreen,
}: ScreenProps & { evaluation: Evaluation | undefined }) {
  const [isFull, toggleFull] = useFullScreen(useRef(document.documentElement));
  useShortcut('fullScreen', toggleFull);
  const { items, hasFailed } = useItems();
  const { figures, hero, left, right } = useMemo(() => placed(evaluation?.tiles ?? []), [evaluation?.tiles]);
  const panel = (tile: Tile) => <TilePanel key={tile.name} tile={tile} onOpen={() => onOpen(tile.name)} />;
  return (
    <div className={css.screen}>
      <Head name={name} screens={screens} isFull={isFull} onFull={toggleFull} onScreen={onScreen} />
      <main className={css.main}>
        {evaluation ? figures.length > 0 && <Figures tiles={figures} onOpen={onOpen} /> : <FiguresToCome />}
        <div className={css.columns}>
          {left.length > 0 && <div className={css.side}>{left.map(panel)}</div>}
          {!evaluation && (
            <div className={css.side}>
              <PanelToCome />
            </div>
          )}
          <Hero screen={name} tile={hero} items={items} onOpen={onOpen} />
          <div className={css.side}>
            <Feed items={items} hasFailed={hasFailed} />
            <Orders items={items} />
            {evaluation ? right.map(panel) : <PanelToCome />}
          </div>
        </div>
        <Foot evaluation={evaluation} />
      </main>
      {evaluation && (
        <TileDrawer
          tile={evaluation.tiles.find((tile) => tile.name === openTile)}
          dimensions={evaluation.dimensions}
          onClose={() => onOpen('')}
        />
      )}
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

/** How old the data is, and what kind of data it is. */
function Foot({ evaluation }: { evaluation: Evaluation | undefined }) {
  const { t } = useTranslation('cockpit');
  const { fullMoment } = useFormat();
  const { is_demo } = useCity();
  const known = evaluation?.tiles.flatMap(({ answer }) => (answer?.as_of ? [answer.as_of] : [])).sort() ?? [];
  const [oldest] = known;
  const isLimited = evaluation?.tiles.some(({ answer }) => answer?.limited.length) ?? false;
  return (
    <footer className={css.foot}>
      {oldest && <span className="number">{t('asOf', { at: fullMoment(oldest).slice(0, 16) })}</span>}
      {isLimited && <span>{t('limited')}</span>}
      <span>{t('drill')}</span>
      {is_demo && <span>{t('demo')}</span>}
    </footer>
  );
}

function FiguresToCome() {
  return (
    <div className={panelCss.figures}>
      <div className={panelCss.figure}>
        <Skeleton height={72} />
      </div>
    </div>
  );
}

function PanelToCome() {
  return (
    <div className={panelCss.panel}>
      <Skeleton height={160} />
    </div>
  );
}

export function ScreenSkeleton() {
  return (
    <div className={css.alone}>
      <Skeleton height={280} />
    </div>
  );
}
