/**
 * What features add to the shell. Each puts a file beside its pages and the shell finds it by its name:
 * `features/<noun>/search.ts` exports `provider: SearchProvider`, `features/<noun>/notices.ts` exports
 * `provider: NoticeProvider`. Nobody edits a shared list.
 */
import type { Lang } from '../i18n';
import type { Tone } from './StatusTag';

export interface Hit {
  key: string;
  title: string;
  subtitle?: string;
  /** Path of the app, with search parameters where needed. */
  to: string;
}

export interface SearchProvider {
  /** Key of namespace `shell`'s `palette.kinds`, e.g. `metrics`; names the group of hits. */
  kind: string;
  /**
   * What says what was typed, and nothing that the person may not open; the palette ranks it and shows the nearest. `lang` says
   * in which language to name it.
   */
  search: (text: string, context: { lang: Lang; signal: AbortSignal }) => Promise<readonly Hit[]>;
}

export interface Notice {
  key: string;
  title: string;
  /** What somebody said to it, below the title. */
  note?: string;
  at: string;
  tone: Tone;
  to: string;
}

export interface NoticeProvider {
  /** Noun in the query cache; live news of it fetches the notices anew. */
  noun: string;
  load: (context: { lang: Lang; signal: AbortSignal }) => Promise<readonly Notice[]>;
}
