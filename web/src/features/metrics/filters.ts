/** Whether a metric is meant by what was typed: name, titles, description, other words for it. Pure. */
import type { Metric } from './queries';

export function met(metric: Metric, q: string): boolean {
  const { name, title, description, synonyms } = metric;
  const text = [name, title.zh, title.en, description?.zh, description?.en, ...synonyms.zh, ...synonyms.en]
    .join(' ')
    .toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
