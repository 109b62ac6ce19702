/** Which datasets a search and filters leave. Pure. */
import type { Lang } from '../../i18n';
import { wordsOf } from '../../i18n/texts';
import { freshnessOf } from '../../ui/freshness';
import type { Dataset } from './queries';

export interface Wanted {
  q: string;
  owner: string;
  level: number;
  sharing: string;
  fresh: string;
}

export function filtered(
  datasets: readonly Dataset[],
  wanted: Wanted,
  ownerOf: (name: string | null) => string,
  now: Date,
): Dataset[] {
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
  return datasets.filter(
    (each) =>
      (!wanted.owner || each.owner === wanted.owner) &&
      (!wanted.level || each.level === wanted.level) &&
      (!wanted.sharing || each.sharing === wanted.sharing) &&
      (!wanted.fresh || freshnessOf(each, now).step === wanted.fresh) &&
      words.every((word) => textOf(each, ownerOf(each.owner)).includes(word)),
  );
}

/** Fields that the search met, so that a row can say why it is here. */
export function fieldsMet(dataset: Dataset, q: string, lang: Lang): string[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return dataset.fields
    .filter((each) =>
      words.some((word) => `${each.name} ${each.title.zh} ${each.title.en}`.toLowerCase().includes(word)),
    )
    .map((each) => wordsOf(each.title, lang, each.name));
}

function textOf(dataset: Dataset, owner: string): string {
  const { name, title, description, fields } = dataset;
  const columns = fields.map((each) => `${each.name} ${each.title.zh} ${each.title.en}`);
  return [name, title.zh, title.en, description?.zh, description?.en, owner, ...columns].join(' ').toLowerCase();
}
