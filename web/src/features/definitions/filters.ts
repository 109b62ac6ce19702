import type { Summary } from './queries';

/** Whether a definition is meant by `words`: each of them stands in its name or titles. */
export function met(each: Pick<Summary, 'name' | 'title'>, words: string): boolean {
  const said = `${each.name} ${each.title.zh} ${each.title.en}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}
