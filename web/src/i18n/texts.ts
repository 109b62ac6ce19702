import { useTranslation } from 'react-i18next';
import type { Lang } from './index';

/** A text of the city's definitions, as the API gives it. */
export interface Bilingual {
  zh?: string | null;
  en?: string | null;
}

/** Whether a value of the API that may be anything is a text in both languages. */
export function isBilingual(value: unknown): value is { zh: string; en: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'zh' in value &&
    'en' in value &&
    typeof value.zh === 'string' &&
    typeof value.en === 'string'
  );
}

export function useLang(): Lang {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh';
}

/** `words` in `lang`, else in the other language, else `instead`; a plain text, a person's own, stays as it is. */
export function wordsOf(words: Bilingual | string | null | undefined, lang: Lang, instead = ''): string {
  if (typeof words === 'string') return words || instead;
  const other = lang === 'zh' ? 'en' : 'zh';
  return words?.[lang] || words?.[other] || instead;
}

/** A Chinese word follows a Chinese numeral without a gap, digits with one: 1.97万行, 5,133 行. */
export function closedUp(words: string): string {
  return words.replace(/(\d[万亿]+) (?=\p{Script=Han})/gu, '$1');
}

/** Several words in one line, as each language lists them: 甲、乙 · one, two. */
export function listOf(words: readonly string[], lang: Lang): string {
  return words.join(lang === 'zh' ? '、' : ', ');
}

/** Returns `say(words, instead?)`: a bilingual text of the API in the language now. */
export function useSay(): (words: Bilingual | string | null | undefined, instead?: string) => string {
  const lang = useLang();
  return (words, instead) => wordsOf(words, lang, instead);
}
