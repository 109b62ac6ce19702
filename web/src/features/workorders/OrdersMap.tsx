/** Open orders on the map: at their own location, else at the centre of their place on a map of its dimension. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { MapView } from '../../map/MapView';
import { centreOf, geometryQuery, mapsQuery } from '../../map/queries';
import { useView } from '../../routing/search';
import { useTheme } from '../../theme/mode';
import { Card } from '../../ui/Card';
import { Skeleton, StateView } from '../../ui/StateView';
import { OrdersList } from './OrdersList';
import { boardQuery, type Order } from './queries';
import { filtersOf, workordersView } from './views';

const HEIGHT = 520;
/** Orders of one place stand side by side, degrees apart. */
const APART = 0.008;

export function OrdersMap({ onOpen }: { onOpen: (order: { number: string }) => void }) {
  const { t } = useTranslation('workorders');
  const [view] = useView(workordersView);
  const query = useQuery(boardQuery(filtersOf(view)));
  return (
    <>
      <Card flush>
        <StateView query={query} height={HEIGHT}>
          {(board) => <Pins orders={board.open.orders} onOpen={onOpen} />}
        </StateView>
      </Card>
      <h2 className="unseen">{t('shape.list')}</h2>
      <OrdersList onOpen={onOpen} />
    </>
  );
}

function Pins({ orders, onOpen }: { orders: Order[]; onOpen: (order: { number: string }) => void }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const { tokens } = useTheme();
  const maps = useQuery(mapsQuery).data;
  const useful = (maps ?? []).filter((each) => each.dimension && !each.problem);
  const shapes = useQueries({
    queries: useful.map((each) => geometryQuery(each.name)),
    combine: (all) => all.map((each) => each.data),
  });
  const centres = new Map<string, readonly [number, number]>();
  useful.forEach((map, i) => {
    for (const feature of shapes[i]?.features ?? []) {
      const centre = centreOf(feature);
      const [longitude, latitude] = centre ?? [];
      if (longitude !== undefined && latitude !== undefined)
        centres.set(`${map.dimension}=${String(feature.properties?.key)}`, [longitude, latitude]);
    }
  });
  const ground = shapes[useful.findIndex((each) => each.shape === 'area')];
  if (!maps || (useful.length > 0 && !shapes.every(Boolean))) return <Skeleton height={HEIGHT} />;
  const taken = new Map<string, number>();
  const features = orders.flatMap((order) => {
    const at = placeOf(order, centres);
    if (!at) return [];
    const same = taken.get(at.join()) ?? 0;
    taken.set(at.join(), same + 1);
    const properties = {
      number: order.number,
      title: say(order.title, order.number),
      state: order.is_overdue ? 'late' : order.priority,
    };
    return [
      {
        type: 'Feature' as const,
        geometry: { type: 'Point' as const, coordinates: [at[0] + same * APART, at[1]] },
        properties,
      },
    ];
  });
  return (
    <MapView
      label={t('map.label', { count: features.length })}
      height={HEIGHT}
      layers={[
        ...(ground
          ? [
              {
                id: 'ground-areas',
                kind: 'area' as const,
                data: ground,
                colour: tokens.land,
                border: tokens.landLine,
                label: 'label',
              },
            ]
          : []),
        {
          id: 'orders',
          kind: 'point',
          data: { type: 'FeatureCollection', features },
          colour: { by: 'state', words: { late: tokens.error, urgent: tokens.warning }, missing: tokens.primary },
          size: 7,
          ring: true,
        },
      ]}
      onSelect={(layer, properties) => {
        if (layer === 'orders' && typeof properties.number === 'string') onOpen({ number: properties.number });
      }}
      legend={t('map.legend', { shown: features.length, count: orders.length })}
    />
  );
}

function placeOf(order: Order, centres: Map<string, readonly [number, number]>): readonly [number, number] | undefined {
  const { longitude, latitude } = order.location;
  if (longitude !== null && longitude !== undefined && latitude !== null && latitude !== undefined)
    return [longitude, latitude];
  return Object.entries(order.place)
    .map(([dimension, value]) => centres.get(`${dimension}=${String(value)}`))
    .find((each) => each !== undefined);
}
