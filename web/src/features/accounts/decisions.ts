/** What became of one's own role requests: told in the bell until one has looked, on this device, and for a week at most. */
import { cache } from '../../api/cache';
import type { RoleRequest } from '../../api/roles';

/** An older decision is no news, wherever one signs in. */
const TOLD_DAYS = 7;
const DAY_MS = 86_400_000;
const KEY = 'cityloop.decisions';

/** The decisions on these requests that are news to somebody who last looked at `seenAt`. */
export function newDecisions(requests: readonly RoleRequest[], seenAt: string, now: Date): RoleRequest[] {
  const since = Math.max(Date.parse(seenAt) || 0, now.getTime() - TOLD_DAYS * DAY_MS);
  return requests.filter(
    ({ state, decided_at }) => (state === 'granted' || state === 'declined') && Date.parse(decided_at ?? '') > since,
  );
}

/** When the person last saw what became of their requests; empty when never. */
export function seenAt(person: string): string {
  return localStorage.getItem(`${KEY}.${person}`) ?? '';
}

/** Keeps that the person has seen these requests; the bell forgets them. */
export function markSeen(person: string, requests: readonly RoleRequest[]): void {
  const newest = requests
    .map(({ decided_at }) => decided_at ?? '')
    .toSorted((a, b) => Date.parse(a || '0') - Date.parse(b || '0'))
    .at(-1);
  if (!newest || newest === seenAt(person)) return;
  localStorage.setItem(`${KEY}.${person}`, newest);
  void cache.invalidateQueries({ queryKey: ['accounts', 'notices'] });
}
