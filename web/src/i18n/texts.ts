import { useTranslation } from 'react-i18next';
import type { Lang } from './index';

/** A text of the city's definitions, as the API gives it. */
export interface Bilingual {
  zh?: string | null;
  en?: string | null;
}

export function useLang(): Lang {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh';
}

/** `words` in `lang`, else in the other language, else `instead`. */
export function wordsOf(words: Bilingual | null | undefined, lang: Lang, instead = ''): string {
  const other = lang === 'zh' ? 'en' : 'zh';
  return words?.[lang] || words?.[other] || instead;
}

/** Returns `say(words, instead?)`: a bilingual text of the API in the language now. */
export function useSay(): (words: Bilingual | null | undefined, instead?: string) => string {
  const lang = useLang();
  return (words, instead) => wordsOf(words, lang, instead);
}
