/** The live channel: server-sent events mark what is cached as old, and pages that listen get the news itself. */
import { useEffect, useSyncExternalStore } from 'react';
import { cache } from './cache';

export type Connection = 'connecting' | 'open' | 'lost';
export interface News {
  topic: string;
  key: string;
  at: string;
  [field: string]: unknown;
}

/** Topics are `noun.what` in the singular; the cache's nouns are the features' (plural). */
const NOUNS: Record<string, readonly string[]> = {
  alert: ['alerts'],
  order: ['workorders'],
  dataset: ['datasets', 'sources', 'metrics', 'dashboards'],
  source: ['sources'],
  demo: ['demo'],
  // A granted request gives its person more: who one is, and what one may do, is asked anew.
  request: ['accounts', 'session'],
  definitions: ['definitions', 'metrics', 'dashboards', 'datasets', 'sources', 'alerts', 'maps'],
};
/** Every topic that the server sends; EventSource hands out only events whose names it was told. */
export const TOPICS = [
  'alert.fired',
  'alert.resolved',
  'alert.acknowledged',
  'alert.silenced',
  'dataset.published',
  'dataset.held',
  'definitions.applied',
  'demo.changed',
  'demo.happened',
  'order.opened',
  'order.accepted',
  'order.commented',
  'order.transferred',
  'order.returned',
  'order.finished',
  'order.cancelled',
  'order.moved',
  'order.overdue',
  'request.open',
  'request.granted',
  'request.declined',
  'request.withdrawn',
] as const;

/** Many events in one moment mark the cache once, ms. */
const TOGETHER_MS = 300;
/** A channel that the browser has given up is opened again after this, ms; doubled each time up to the longest. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

let connection: Connection = 'connecting';
const watchers = new Set<() => void>();
const listeners = new Set<(news: News) => void>();

/** Opens the channel; returns how to close it. */
export function startLive(): () => void {
  let source: EventSource | undefined;
  let wait = FIRST_WAIT_MS;
  let timer: number | undefined;
  const open = () => {
    source = new EventSource('/api/live');
    source.onopen = () => {
      if (connection === 'lost') void cache.invalidateQueries();
      wait = FIRST_WAIT_MS;
      become('open');
    };
    source.onerror = () => {
      become('lost');
      if (source?.readyState !== EventSource.CLOSED) return; // the browser itself tries again
      timer = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    for (const topic of TOPICS) source.addEventListener(topic, (event) => take(topic, event.data));
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
    become('connecting');
  };
}

/** Calls `act` for each event; for what must react at once. Cached data needs nothing: it is fetched anew by itself. */
export function useNews(act: (news: News) => void): void {
  useEffect(() => {
    listeners.add(act);
    return () => {
      listeners.delete(act);
    };
  }, [act]);
}

/** How the channel is; shown in the top bar. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (notify) => {
      watchers.add(notify);
      return () => watchers.delete(notify);
    },
    () => connection,
  );
}

/** Nouns of the cache that an event makes old. */
export function nounsOf(topic: string): readonly string[] {
  return NOUNS[topic.split('.')[0] ?? ''] ?? [];
}

const old = new Set<string>();
let pending = false;

function take(topic: string, data: unknown): void {
  for (const noun of nounsOf(topic)) old.add(noun);
  if (!pending) {
    pending = true;
    window.setTimeout(() => void flush(), TOGETHER_MS);
  }
  if (typeof data !== 'string') return;
  const body: unknown = JSON.parse(data);
  if (typeof body === 'object' && body !== null) {
    const news: News = { key: '', at: '', ...body, topic };
    for (const listener of listeners) listener(news);
  }
}

/** One round at a time: a round begun anew before it ends would, under steady news, never end. */
async function flush(): Promise<void> {
  while (old.size > 0) {
    const nouns = [...old];
    old.clear();
    await Promise.allSettled(nouns.map((noun) => cache.invalidateQueries({ queryKey: [noun] })));
  }
  pending = false;
}

function become(now: Connection): void {
  if (now === connection) return;
  connection = now;
  for (const notify of watchers) notify();
}
