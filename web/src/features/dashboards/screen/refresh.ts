/** Live news of a screen: only the tiles that read what has changed are computed again, one round at a time. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { cache } from '../../../api/cache';
import { type News, useNews } from '../../../api/live';
import type { Evaluation } from '../queries';
import { evaluated, screenQuery } from './queries';

/** News that comes together is answered together, ms. */
const TOGETHER_MS = 250;

export function useScreen(name: string) {
  const query = useQuery(screenQuery(name));
  useNews(useRounds(name));
  return query;
}

/** Tiles that read one of `datasets`; those without an answer are tried as well. */
export function touched({ tiles }: Evaluation, datasets: ReadonlySet<string>): string[] {
  return tiles
    .filter(({ answer }) => answer === null || Object.keys(answer.versions).some((each) => datasets.has(each)))
    .map(({ name }) => name);
}

export function merged(old: Evaluation, fresh: Evaluation): Evaluation {
  const found = new Map(fresh.tiles.map((tile) => [tile.name, tile]));
  return { ...old, tiles: old.tiles.map((tile) => found.get(tile.name) ?? tile) };
}

function useRounds(name: string): (news: News) => void {
  const waiting = useRef(new Set<string>());
  const isOn = useRef(false);
  useEffect(
    () => () => {
      waiting.current.clear();
    },
    [],
  );
  return useCallback(
    (news) => {
      const { queryKey } = screenQuery(name);
      if (news.topic === 'definitions.applied') void cache.invalidateQueries({ queryKey: ['screen'] });
      if (news.topic !== 'dataset.published') return;
      waiting.current.add(news.key);
      if (isOn.current) return; // the round that goes on sees it
      isOn.current = true;
      const rounds = async () => {
        while (waiting.current.size > 0) {
          await new Promise((go) => window.setTimeout(go, TOGETHER_MS));
          const now = cache.getQueryData(queryKey);
          const tiles = now ? touched(now, waiting.current) : [];
          waiting.current.clear();
          if (!now || tiles.length === 0) continue;
          const fresh = await evaluated(name, tiles).catch(() => undefined); // the next news or minutes try again
          if (fresh) cache.setQueryData(queryKey, (old) => merged(old ?? now, fresh));
        }
        isOn.current = false;
      };
      void rounds();
    },
    [name],
  );
}
