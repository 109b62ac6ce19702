/** Words that may be in the other language, such as a road's name or what a person wrote; they look as they did. */
import type { ReactNode } from 'react';
import type { Lang } from '../i18n';
import { runsOf } from '../i18n/spoken';
import { useLang } from '../i18n/texts';

/** `<Words of={say(order.title)} />` says which parts a screen reader pronounces otherwise; what is no text stays as it is. */
export function Words({ of }: { of: ReactNode }): ReactNode {
  return spoken(of, useLang());
}

/** The same outside of components, where many are drawn. */
export function spoken(words: ReactNode, lang: Lang): ReactNode {
  if (typeof words !== 'string') return words;
  const runs = runsOf(words, lang);
  const [first] = runs;
  if (runs.length > 1) {
    let at = 0;
    return (
      <span>
        {runs.map((run) => {
          const key = at;
          at += run.words.length;
          return run.lang ? (
            <span key={key} lang={run.lang}>
              {run.words}
            </span>
          ) : (
            run.words
          );
        })}
      </span>
    );
  }
  return first?.lang ? <span lang={first.lang}>{words}</span> : words;
}
