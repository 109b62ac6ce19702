/** Live news of a rule: its replay is asked for again, once for what comes together, and with rests in between. */
import { useEffect, useMemo } from 'react';
import { cache } from '../../api/cache';
import { type News, useNews } from '../../api/live';

/** News that comes together is answered together, ms. */
export const TOGETHER_MS = 1_000;
/** Rest after each round, ms: a replay asks the metric up to 120 times, which takes a second or two. */
export const REST_MS = 8_000;

/** Keeps what is drawn of a rule fresh; the old picture stays until the new one is there. */
export function useReplayNews(name: string): void {
  const rounds = useMemo(() => paced(() => cache.invalidateQueries({ queryKey: ['replay', name] })), [name]);
  useEffect(() => rounds.stop, [rounds]);
  useNews(useMemo(() => (news: News) => concerns(name, news) && rounds.ask(), [name, rounds]));
}

const TOPICS = ['alert.fired', 'alert.resolved', 'alert.silenced'];

/** Whether the picture of a rule is old after an event: something fired or ended, a silence did, or rules were changed. */
export function concerns(name: string, { topic, alert }: News): boolean {
  return topic === 'definitions.applied' || (TOPICS.includes(topic) && alert === name);
}

/** Runs `act` soon after it is asked for; what is asked while it runs or rests gets one more round, together. */
export function paced(act: () => Promise<unknown>): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;
  let isWanted = false;
  const ask = () => {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    timer = setTimeout(() => void round(), TOGETHER_MS);
  };
  const round = async () => {
    isWanted = false;
    await act().catch(() => undefined); // the next news tries again
    timer = setTimeout(() => {
      isBusy = false;
      if (isWanted) ask();
    }, REST_MS);
  };
  const stop = () => {
    clearTimeout(timer);
    isBusy = false;
    isWanted = false;
  };
  return { ask, stop };
}
