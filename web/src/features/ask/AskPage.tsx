/** A question in words; the answer with everything that it rests on, or a plain refusal. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Page } from '../../ui/Page';
import { Skeleton, StateView } from '../../ui/StateView';
import { Answered } from './Answered';
import css from './ask.module.css';
import { forgetAll, remember, useHistory } from './history';
import { QuestionField } from './QuestionField';
import { outcomeQuery, suggestionsQuery } from './queries';
import { Refused } from './Refused';
import { askView } from './view';

export function AskPage() {
  const { t } = useTranslation('ask');
  const [{ q }, change] = useView(askView);
  const query = useQuery(outcomeQuery(q));
  const ask = useCallback(
    (question: string) => {
      const text = question.trim();
      if (!text) return;
      remember(text);
      change({ q: text }, 'push');
    },
    [change],
  );
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <div className={css.ask} data-empty={q === ''}>
        <QuestionField key={q} question={q} onAsk={ask} />
        {q === '' ? (
          <Examples onAsk={ask} />
        ) : (
          <div className={css.outcome} aria-live="polite">
            <StateView query={query} skeleton={<Waiting />}>
              {(outcome) =>
                outcome.status === 'answered' ? (
                  <Answered outcome={outcome} onAsk={ask} />
                ) : (
                  <Refused outcome={outcome} onAsk={ask} />
                )
              }
            </StateView>
          </div>
        )}
        <Asked now={q} onAsk={ask} />
      </div>
    </Page>
  );
}

function Waiting() {
  return (
    <section className={css.panel}>
      <Skeleton height={360} />
    </section>
  );
}

/** Examples of each language that are shown at first. */
const SHOWN = 6;

function Examples({ onAsk }: { onAsk: (question: string) => void }) {
  const { t } = useTranslation('ask');
  const lang = useLang();
  const foreign = lang === 'zh' ? 'en' : 'zh';
  const own = useQuery(suggestionsQuery('', lang));
  const other = useQuery(suggestionsQuery('', foreign));
  return (
    <div className={css.examples}>
      {[own, other].map((query, i) => (
        <section
          key={i === 0 ? 'own' : 'other'}
          lang={i === 0 ? lang : foreign}
          aria-label={t(i === 0 ? 'examples' : 'otherExamples')}
        >
          <h2>{t(i === 0 ? 'examples' : 'otherExamples')}</h2>
          <StateView query={query} height={200}>
            {({ questions }) => (
              <ul>
                {questions.slice(0, SHOWN).map((question) => (
                  <li key={question}>
                    <button type="button" className={css.example} onClick={() => onAsk(question)}>
                      {question}
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </StateView>
        </section>
      ))}
    </div>
  );
}

function Asked({ now, onAsk }: { now: string; onAsk: (question: string) => void }) {
  const { t } = useTranslation('ask');
  const asked = useHistory().filter((question) => question !== now);
  if (asked.length === 0) return null;
  return (
    <section className={css.history} aria-label={t('history')}>
      <h2>
        {t('history')}
        <button type="button" className={css.plain} onClick={forgetAll}>
          {t('forget')}
        </button>
      </h2>
      <ul>
        {asked.slice(0, 8).map((question) => (
          <li key={question}>
            <button type="button" className={css.past} onClick={() => onAsk(question)}>
              {question}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
