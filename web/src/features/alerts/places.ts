/** Places of a rule: dimension → value, as the server compares them. Pure. */
import type { Alert } from './queries';

export type Place = Alert['standings'][number]['place'];

/** Whether a place has all these values; none are everywhere. */
export function isAt(place: Place, wanted: Place): boolean {
  return Object.entries(wanted).every(([dimension, value]) => dimension in place && place[dimension] === value);
}

export function isSame(one: Place, other: Place): boolean {
  return Object.keys(one).length === Object.keys(other).length && isAt(one, other);
}

/** The values of one dimension, each once, in reading order. */
export function valuesOf(standings: readonly { place: Place }[], dimension: string): NonNullable<Place[string]>[] {
  const values = new Set(standings.map(({ place }) => place[dimension] ?? null));
  return [...values]
    .filter((value) => value !== null)
    .toSorted((a, b) => String(a).localeCompare(String(b), 'zh-CN', { numeric: true }));
}
