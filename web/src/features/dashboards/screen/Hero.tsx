/** The map in the middle: places coloured by the state of the tile's first metric, and pins of what is going on. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../../i18n/texts';
import { Skeleton } from '../../../ui/StateView';
import type { Tile } from '../queries';
import { useGround } from './ground';
import { type Item, pinsOf, SEVERITIES } from './items';
import mapCss from './map.module.css';
import { heroQuery } from './queries';
import { Sign } from './Sign';
import css from './screen.module.css';
import { variableOf, widthOf } from './states';

const LiveMap = lazy(() => import('./LiveMap').then(({ LiveMap }) => ({ default: LiveMap })));

interface HeroProps {
  /** Name of the screen. */
  screen: string;
  tile: Tile | undefined;
  items: readonly Item[] | undefined;
  onOpen: (tile: string) => void;
}

export function Hero({ screen, tile, items, onOpen }: HeroProps) {
  const { t } = useTranslation('cockpit');
  const say = useSay();
  const { data: wants } = useQuery(heroQuery(screen));
  const { layers, centreOf } = useGround(wants);
  const pins = useMemo(() => pinsOf(items ?? [], centreOf), [items, centreOf]);
  const title = tile ? say(tile.title, tile.name) : t('map');
  return (
    <section className={mapCss.hero} aria-label={title}>
      {layers === undefined ? (
        <Waiting />
      ) : layers.length === 0 ? (
        <p className={css.nothing}>{t('noMap')}</p>
      ) : (
        <Suspense fallback={<Waiting />}>
          <LiveMap layers={layers} tile={tile} pins={pins} label={title} onOpen={onOpen} />
        </Suspense>
      )}
      <Key tile={tile} onOpen={onOpen} />
    </section>
  );
}

/** As high as the map. */
function Waiting() {
  return (
    <div className={mapCss.map}>
      <Skeleton height={240} />
    </div>
  );
}

/** What colours, widths and shapes mean. */
function Key({ tile, onOpen }: { tile: Tile | undefined; onOpen: (tile: string) => void }) {
  const { t } = useTranslation('cockpit');
  const say = useSay();
  return (
    <div className={mapCss.key}>
      {tile && (
        <button type="button" className={css.plain} onClick={() => onOpen(tile.name)}>
          {say(tile.title, tile.name)}
        </button>
      )}
      <ul aria-label={t('legend')}>
        {tile?.states.map(({ title, tone }) => (
          <li key={tone + say(title)}>
            <span
              className={mapCss.stroke}
              style={{ background: variableOf(tone), height: `calc(var(--u) * ${widthOf(tone)})` }}
              aria-hidden="true"
            />
            {say(title)}
          </li>
        ))}
        {SEVERITIES.map((severity) => (
          <li key={severity}>
            <Sign severity={severity} />
            {t(`severity.${severity}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}
