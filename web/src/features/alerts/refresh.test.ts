import { beforeEach, expect, it, vi } from 'vitest';
import { concerns, paced, REST_MS, TOGETHER_MS } from './refresh';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

it('takes news of its own rule, and of changed definitions', () => {
  const of = (topic: string, alert?: string) => concerns('smog', { topic, key: '', at: '', alert });
  expect(['alert.fired', 'alert.resolved', 'alert.silenced'].every((topic) => of(topic, 'smog'))).toBe(true);
  expect(of('definitions.applied')).toBe(true);
  expect(of('alert.fired', 'flood') || of('alert.acknowledged', 'smog') || of('dataset.published')).toBe(false);
});

it('answers many news with one round, and rests before the next', async () => {
  const act = vi.fn(() => Promise.resolve());
  const { ask } = paced(act);
  for (let news = 0; news < 20; news++) ask();
  await vi.advanceTimersByTimeAsync(TOGETHER_MS);
  expect(act).toHaveBeenCalledTimes(1);
  ask();
  await vi.advanceTimersByTimeAsync(REST_MS - 1);
  expect(act).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1 + TOGETHER_MS);
  expect(act).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10 * REST_MS);
  expect(act).toHaveBeenCalledTimes(2);
});

it('goes on after a round that failed, and stops when nobody looks', async () => {
  const act = vi.fn(() => Promise.reject(new Error('offline')));
  const { ask, stop } = paced(act);
  ask();
  await vi.advanceTimersByTimeAsync(TOGETHER_MS + REST_MS);
  ask();
  await vi.advanceTimersByTimeAsync(TOGETHER_MS + REST_MS);
  expect(act).toHaveBeenCalledTimes(2);
  ask();
  stop();
  await vi.advanceTimersByTimeAsync(TOGETHER_MS + REST_MS);
  expect(act).toHaveBeenCalledTimes(2);
});
