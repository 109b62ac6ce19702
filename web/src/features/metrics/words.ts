/** What a metric is found by: name, titles, description, other words for it. Pure. */
import type { Metric } from './queries';

export function textOf({ name, title, description, synonyms }: Metric): string {
  return [name, title.zh, title.en, description?.zh, description?.en, ...synonyms.zh, ...synonyms.en].join(' ');
}
