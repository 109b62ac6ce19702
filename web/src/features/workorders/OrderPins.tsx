/** Pins of orders above the map: the sign and word of one, the signs and counts of several that stand close. */
import type { Map as MapLibre } from 'maplibre-gl';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { type LngLat, useApart, useFollow } from '../../map/pins';
import pinsCss from '../../map/pins.module.css';
import css from './ordersMap.module.css';
import { countsOf, type Placed, sorted } from './places';
import { Sign } from './Sign';

/** Room that a pin takes, px: nearer ones become one. */
const ROOM = { width: 92, height: 34 };
/** Titles that a pin's tooltip names. */
const NAMED = 6;

type Pin = Placed & { point: LngLat };

interface OrderPinsProps {
  map: MapLibre;
  all: readonly Placed[];
  /** Number of the order that is pointed at in the list. */
  pointed: string;
  onOpen: (orders: readonly Placed[]) => void;
}

export function OrderPins({ map, all, pointed, onOpen }: OrderPinsProps) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const list = useRef<HTMLUListElement>(null);
  const pins = useMemo(
    () => sorted(all).flatMap(({ point, ...rest }): Pin[] => (point ? [{ ...rest, point }] : [])),
    [all],
  );
  const groups = useApart(map, pins, ROOM);
  const points = useMemo(() => groups.flatMap(([first]) => (first ? [first.point] : [])), [groups]);
  useFollow(map, list, points);
  return (
    <ul className={pinsCss.pins} ref={list} aria-label={t('map.pins')}>
      {groups.map((group) => {
        const counts = countsOf(group);
        const [worst] = counts;
        const titles = group.slice(0, NAMED).map(({ order }) => say(order.title, order.number));
        const words = counts.map(([state, count]) => t('map.of', { state: t(`standing.${state}`), count }));
        return (
          <li key={group[0]?.order.number}>
            <button
              type="button"
              className={css.pin}
              data-state={worst?.[0]}
              data-pointed={group.some(({ order }) => order.number === pointed)}
              title={[...titles, ...(group.length > NAMED ? ['…'] : [])].join('\n')}
              aria-label={
                group.length === 1
                  ? t('map.pin', { state: t(`standing.${worst?.[0]}`), title: titles[0] })
                  : t('map.cluster', { count: group.length, states: words.join(t('ui:state.comma')) })
              }
              onClick={() => onOpen(group)}
            >
              {counts.map(([state, count]) => (
                <span key={state} className={css.part}>
                  <Sign of={state} />
                  {group.length === 1 ? t(`standing.${state}`) : <b className="number">{count}</b>}
                </span>
              ))}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
