import { flag, text, viewOf } from '../../routing/search';

export const STATES = ['done', 'failed', 'running', 'waiting', 'never'] as const;

export const sourcesView = viewOf({ q: text(), state: text(), owner: text(), sort: text(), down: flag() });
export const sourceView = viewOf({ feed: text() });

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** How long a written span lasts: `15m` is 900. */
export function secondsOf(span: string): number {
  return [...span.matchAll(/(\d+)\s*([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (SECONDS[unit ?? ''] ?? 0),
    0,
  );
}
