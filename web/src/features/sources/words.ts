/** What a source is found by. Pure. */
import type { Source } from './queries';

export function textOf({ name, title, connector, datasets }: Source): string {
  return [name, title.zh, title.en, connector, ...datasets].join(' ');
}
