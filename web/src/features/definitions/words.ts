/** What a definition is found by. Pure. */
import type { Summary } from './queries';

export function textOf({ name, title }: Summary): string {
  return `${name} ${title.zh} ${title.en}`;
}
