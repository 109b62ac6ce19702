/** Marks that are elements above the map, so that they can be read, focused and pressed: where they stand, and which stand alone. */
import type { Map as MapLibre } from 'maplibre-gl';
import { type RefObject, useEffect, useMemo, useState } from 'react';

export type LngLat = readonly [longitude: number, latitude: number];

interface Size {
  width: number;
  height: number;
}

/** Keeps the children of a list at their points while the map moves: by hand, so that moving draws nothing anew. */
export function useFollow(map: MapLibre, list: RefObject<HTMLElement | null>, points: readonly LngLat[]): void {
  useEffect(() => {
    const place = () => {
      const nodes = list.current?.children ?? [];
      points.forEach(([longitude, latitude], i) => {
        const node = nodes[i];
        const { x, y } = map.project([longitude, latitude]);
        if (node instanceof HTMLElement) node.style.transform = `translate(${x}px, ${y}px)`;
      });
    };
    place();
    map.on('move', place);
    map.on('resize', place);
    return () => {
      map.off('move', place);
      map.off('resize', place);
    };
  }, [map, list, points]);
}

/** Pins in groups that stand apart at the map's zoom; moving the map changes nothing between them. */
export function useApart<Pin extends { point: LngLat }>(map: MapLibre, pins: readonly Pin[], size: Size): Pin[][] {
  const [zoom, setZoom] = useState(() => map.getZoom());
  useEffect(() => {
    const take = () => setZoom(map.getZoom());
    map.on('zoomend', take);
    return () => {
      map.off('zoomend', take);
    };
  }, [map]);
  const { width, height } = size;
  return useMemo(() => apart(pins, worldAt(zoom), { width, height }), [pins, zoom, width, height]);
}

/** Pins that would lie on each other join the first that was there. */
export function apart<Pin extends { point: LngLat }>(
  pins: readonly Pin[],
  project: (point: LngLat) => { x: number; y: number },
  { width, height }: Size,
): Pin[][] {
  const groups: { x: number; y: number; pins: Pin[] }[] = [];
  for (const pin of pins) {
    const { x, y } = project(pin.point);
    const near = groups.find((each) => Math.abs(each.x - x) < width && Math.abs(each.y - y) < height);
    if (near) near.pins.push(pin);
    else groups.push({ x, y, pins: [pin] });
  }
  return groups.map((each) => each.pins);
}

/** Web Mercator, px; only distances count. */
function worldAt(zoom: number): (point: LngLat) => { x: number; y: number } {
  const world = 512 * 2 ** zoom;
  return ([longitude, latitude]) => {
    const sine = Math.sin((latitude * Math.PI) / 180);
    return {
      x: (longitude / 360 + 0.5) * world,
      y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world,
    };
  };
}
