/** Which parts of a text are in the other language than the page, so that a screen reader pronounces them right. */
import type { Lang } from './index';

export interface Run {
  words: string;
  /** Set where it is not the page's language. */
  lang?: Lang;
}

/** From a Chinese character to the last one before a Latin letter: digits and signs between them are read in Chinese. */
const CHINESE = /\p{Script=Han}(?:[^\p{Script=Latin}]*\p{Script=Han})?/gu;
const HAS_CHINESE = /\p{Script=Han}/u;
/** A word, unlike the signs that Chinese writes too: PM2.5, GB, km. */
const ENGLISH_WORD = /\p{Ll}{3}/u;

/**
 * The parts of `text`, in order. On an English page the Chinese ones are told apart, such as a road's name; on a Chinese
 * page only a text that is English altogether: within a Chinese sentence readers know what to do with a foreign word.
 */
export function runsOf(text: string, lang: Lang): Run[] {
  if (lang === 'zh') {
    return [!HAS_CHINESE.test(text) && ENGLISH_WORD.test(text) ? { words: text, lang: 'en' } : { words: text }];
  }
  const runs: Run[] = [];
  let end = 0;
  for (const { 0: words, index } of text.matchAll(CHINESE)) {
    if (index > end) runs.push({ words: text.slice(end, index) });
    runs.push({ words, lang: 'zh' });
    end = index + words.length;
  }
  if (end < text.length || runs.length === 0) runs.push({ words: text.slice(end) });
  return runs;
}
