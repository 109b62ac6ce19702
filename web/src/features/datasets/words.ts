/** What a dataset is found by. Pure. */
import type { Lang } from '../../i18n';
import { wordsOf } from '../../i18n/texts';
import type { Dataset } from './queries';

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

/** Everything that a search of the catalogue looks through: names, titles, owner, fields. */
export function textOf(dataset: Dataset, owner: string): string {
  const { name, title, description, fields } = dataset;
  const columns = fields.map((each) => `${each.name} ${each.title.zh} ${each.title.en}`);
  return [name, title.zh, title.en, description?.zh, description?.en, owner, ...columns].join(' ').toLowerCase();
}
