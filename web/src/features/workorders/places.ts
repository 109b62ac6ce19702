/** Where orders stand on the city's maps, and in which of its areas. Pure. */
import type { Feature, FeatureCollection } from 'geojson';
import { centreOf, contains } from '../../map/geometry';
import type { LngLat } from '../../map/pins';
import type { CityMap } from '../../map/queries';
import { type Standing, standingOf } from './clock';
import type { Order } from './queries';

/** What a map tells apart, the worst first; who checks a result is still at work. */
export const SHOWN = ['late', 'open', 'accepted', 'finished'] as const;
export type ShownState = (typeof SHOWN)[number];

export interface Placed {
  order: Order;
  state: ShownState;
  /** Undefined where no map knows the place. */
  point?: LngLat;
  /** Key of the area (a district) that it lies in. */
  area?: string;
}

export interface Area {
  key: string;
  feature: Feature;
}

/** A map of the city's areas, the first whose places an order can name. */
export function areaMapOf(maps: readonly CityMap[]): CityMap | undefined {
  return maps.find((each) => each.shape === 'area' && each.base && each.dimension && !each.problem);
}

export function placed(
  orders: readonly Order[],
  maps: readonly CityMap[],
  shapes: readonly (FeatureCollection | undefined)[],
): Placed[] {
  const spots = spotsOf(maps, shapes);
  const areaMap = areaMapOf(maps);
  const areas = areasOf(areaMap ? shapes[maps.indexOf(areaMap)] : undefined);
  return orders.map((order): Placed => {
    const named = areaMap?.dimension ? String(order.place[areaMap.dimension] ?? '') : '';
    const own = areas.find(({ key }) => key === named);
    const point = pointOf(order, spots, own);
    const area = own ?? areas.find(({ feature }) => point && contains(feature, point));
    return { order, state: stateOf(order), ...(point ? { point } : {}), ...(area ? { area: area.key } : {}) };
  });
}

export function stateOf(order: Order): ShownState {
  const standing: Standing = standingOf(order);
  return SHOWN.find((each) => each === standing) ?? 'accepted';
}

/** The worst first, then whose time is up sooner. */
export function sorted(all: readonly Placed[]): Placed[] {
  return all.toSorted(
    (a, b) =>
      SHOWN.indexOf(a.state) - SHOWN.indexOf(b.state) ||
      (a.order.due_at ?? '9').localeCompare(b.order.due_at ?? '9') ||
      a.order.number.localeCompare(b.order.number),
  );
}

export function countsOf(all: readonly Placed[]): [ShownState, number][] {
  return SHOWN.map((state): [ShownState, number] => [state, all.filter((each) => each.state === state).length]).filter(
    ([, count]) => count > 0,
  );
}

/** Orders by area, the area with most to do first; what lies in none comes last, under `''`. */
export function byArea(all: readonly Placed[]): [area: string, orders: Placed[]][] {
  const groups = new Map<string, Placed[]>();
  for (const each of sorted(all)) groups.set(each.area ?? '', [...(groups.get(each.area ?? '') ?? []), each]);
  const waiting = (orders: readonly Placed[]) => orders.filter(({ state }) => state !== 'finished').length;
  return [...groups].sort(
    ([a, left], [b, right]) =>
      Number(a === '') - Number(b === '') || waiting(right) - waiting(left) || a.localeCompare(b, 'zh-CN'),
  );
}

interface Spot {
  point: LngLat;
  shape: CityMap['shape'];
}

/** What says more exactly where comes first. */
const EXACT = ['point', 'line', 'area'];

/** The order's own point; else that of its most exact place, which is not outside the area that it names. */
function pointOf(order: Order, spots: ReadonlyMap<string, Spot>, area: Area | undefined): LngLat | undefined {
  const { longitude, latitude } = order.location;
  if (typeof longitude === 'number' && typeof latitude === 'number') return [longitude, latitude];
  const found = Object.entries(order.place)
    .flatMap(([dimension, value]) => spots.get(keyOf(dimension, value)) ?? [])
    .toSorted((a, b) => EXACT.indexOf(a.shape) - EXACT.indexOf(b.shape));
  return (found.find(({ point }) => !area || contains(area.feature, point)) ?? found.at(-1))?.point;
}

function spotsOf(maps: readonly CityMap[], shapes: readonly (FeatureCollection | undefined)[]): Map<string, Spot> {
  const spots = new Map<string, Spot>();
  maps.forEach(({ dimension, shape }, i) => {
    for (const feature of shapes[i]?.features ?? []) {
      const [longitude, latitude] = centreOf(feature) ?? [];
      if (dimension && longitude !== undefined && latitude !== undefined)
        spots.set(keyOf(dimension, feature.properties?.key), { point: [longitude, latitude], shape });
    }
  });
  return spots;
}

function areasOf(shapes: FeatureCollection | undefined): Area[] {
  return (shapes?.features ?? []).map((feature) => ({ key: String(feature.properties?.key ?? ''), feature }));
}

function keyOf(dimension: string, value: unknown): string {
  return JSON.stringify([dimension, String(value)]);
}
