/** Orders on the map, and beside it the same orders by district: what a pin says, the list says too. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n/texts';
import { groundLayers } from '../../map/layers';
import { MapView } from '../../map/MapView';
import { type CityMap, geometryQuery, labelIn, mapsQuery } from '../../map/queries';
import { useView } from '../../routing/search';
import { useTheme } from '../../theme/mode';
import { Card } from '../../ui/Card';
import { Empty, Skeleton, StateView } from '../../ui/StateView';
import { OrderPins } from './OrderPins';
import css from './ordersMap.module.css';
import { PlaceList } from './PlaceList';
import { areaMapOf, type Placed, placed, SHOWN } from './places';
import { type Board, boardQuery } from './queries';
import { Sign } from './Sign';
import { MAP_PX } from './sizes';
import { filtersOf, NO_FILTERS, workordersView } from './views';

type Open = (order: { number: string }) => void;

export function OrdersMap({ onOpen }: { onOpen: Open }) {
  const [view] = useView(workordersView);
  const query = useQuery(boardQuery(filtersOf(view)));
  return (
    <StateView query={query} height={MAP_PX}>
      {(board) => <Located board={board} onOpen={onOpen} />}
    </StateView>
  );
}

function Located({ board, onOpen }: { board: Board; onOpen: Open }) {
  const maps = useQuery(mapsQuery);
  const useful = useMemo(
    () => (maps.data ?? []).filter((each) => (each.dimension || each.base) && !each.problem),
    [maps.data],
  );
  const shapes = useQueries({
    queries: useful.map((each) => geometryQuery(each.name)),
    combine: (all) => ({ data: all.map(({ data }) => data), isPending: all.some(({ isPending }) => isPending) }),
  });
  const all = useMemo(
    () => placed([...board.open.orders, ...board.finished.orders], useful, shapes.data),
    [board, useful, shapes.data],
  );
  if (maps.isPending || shapes.isPending) return <Skeleton height={MAP_PX} />;
  return <MapAndList all={all} maps={useful} shapes={shapes.data} onOpen={onOpen} />;
}

interface DrawnProps {
  all: readonly Placed[];
  maps: readonly CityMap[];
  shapes: readonly Parameters<typeof placed>[2][number][];
  onOpen: Open;
}

function MapAndList({ all, maps, shapes, onOpen }: DrawnProps) {
  const { t } = useTranslation('workorders');
  const [, change] = useView(workordersView);
  const lang = useLang();
  const { tokens } = useTheme();
  const [isBroken, setBroken] = useState(false);
  /** Numbers of the orders of the pin that was pressed. */
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [pointed, setPointed] = useState('');
  const layers = useMemo(() => {
    const geometry = new Map(maps.flatMap((map, i) => (shapes[i] ? [[map.name, shapes[i]] as const] : [])));
    const ground = maps.filter((each) => each.base && each.shape === 'area');
    return groundLayers(ground, geometry, { tokens, lang, named: true });
  }, [maps, shapes, tokens, lang]);
  const areas = useMemo(() => {
    const map = areaMapOf(maps);
    const features = (map && shapes[maps.indexOf(map)]?.features) ?? [];
    return new Map(
      features.map(({ properties }) => [
        String(properties?.key),
        String(properties?.[labelIn(lang)] ?? properties?.key),
      ]),
    );
  }, [maps, shapes, lang]);
  const here = all.filter(({ order }) => picked.includes(order.number));
  const list =
    all.length === 0 ? (
      <Empty
        title={t('unmet')}
        height={240}
        action={<Button onClick={() => change(NO_FILTERS)}>{t('clearFilters')}</Button>}
      />
    ) : (
      <PlaceList
        all={here.length > 0 ? here : all}
        isPicked={here.length > 0}
        areaTitle={(key) => areas.get(key) ?? key}
        onOpen={onOpen}
        onPoint={setPointed}
        onAll={() => setPicked([])}
      />
    );
  if (isBroken || layers.length === 0)
    return (
      <Card title={t('map.byArea')} subtitle={t(isBroken ? 'map.noWebGl' : 'map.noMap')} flush>
        {list}
      </Card>
    );
  return (
    <div className={css.sides}>
      <Card flush>
        <MapView
          label={t('map.label', { count: all.filter(({ point }) => point).length })}
          height={MAP_PX}
          layers={layers}
          legend={<Key all={all} />}
          onFail={() => setBroken(true)}
          overlay={(map) => (
            <OrderPins
              map={map}
              all={all}
              pointed={pointed}
              onOpen={(orders) => {
                const [only, ...others] = orders;
                if (only && others.length === 0) onOpen(only.order);
                else setPicked(orders.map(({ order }) => order.number));
              }}
            />
          )}
        />
      </Card>
      <section className={css.list} aria-label={t('map.byArea')}>
        {list}
      </section>
    </div>
  );
}

/** What the signs mean; and how many orders no map can show. */
function Key({ all }: { all: readonly Placed[] }) {
  const { t } = useTranslation('workorders');
  const missing = all.filter(({ point }) => !point).length;
  return (
    <ul className={css.key} aria-label={t('map.key')}>
      {SHOWN.map((state) => (
        <li key={state}>
          <Sign of={state} />
          {t(`standing.${state}`)}
          <b className="number">{all.filter((each) => each.state === state).length}</b>
        </li>
      ))}
      {missing > 0 && <li className={css.missing}>{t('map.missing', { count: missing })}</li>}
    </ul>
  );
}
