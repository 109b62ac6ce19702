/** No answer, said plainly: which words stayed unread, and what can be asked instead. */
import { QuestionCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import css from './ask.module.css';
import { type Outcome, suggestionsQuery } from './queries';
import { cut, withInstead } from './words';

export function Refused({ outcome, onAsk }: { outcome: Outcome; onAsk: (question: string) => void }) {
  const { t } = useTranslation('ask');
  const say = useSay();
  const metrics = outcome.candidates.filter(({ kind }) => kind === 'metric');
  const dimensions = outcome.candidates.filter(({ kind }) => kind === 'dimension');
  const [first = ''] = outcome.unread;
  const said = (title: { zh?: string | null; en?: string | null }) => title[outcome.lang] ?? say(title);
  return (
    <section className={`${css.panel} ${css.refused}`} role="status">
      <QuestionCircleOutlined aria-hidden="true" className={css.sign} />
      <h2>{t('refused')}</h2>
      <p className={css.question}>
        {cut(outcome.text, outcome.unread).map(({ words, isMarked }, i) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence, in order
          isMarked ? <mark key={i}>{words}</mark> : <span key={i}>{words}</span>,
        )}
      </p>
      <p className={css.message}>{say(outcome.message)}</p>
      {metrics.length > 0 && (
        <div className={css.candidates}>
          <h3>{t('meant')}</h3>
          {metrics.map(({ name, title }) => (
            <button
              key={name}
              type="button"
              className={css.example}
              onClick={() => onAsk(first ? withInstead(outcome.text, first, said(title)) : said(title))}
            >
              {say(title, name)}
            </button>
          ))}
        </div>
      )}
      {dimensions.length > 0 && (
        <div className={css.candidates}>
          <h3>{t('dimensions')}</h3>
          <p>{dimensions.map(({ name, title }) => say(title, name)).join(t('and'))}</p>
        </div>
      )}
      <Instead metrics={metrics.map(({ title }) => said(title))} lang={outcome.lang} onAsk={onAsk} />
    </section>
  );
}

/** Whole questions about the metrics that may have been meant, else about any. */
function Instead({
  metrics,
  lang,
  onAsk,
}: {
  metrics: readonly string[];
  lang: Outcome['lang'];
  onAsk: (question: string) => void;
}) {
  const { t } = useTranslation('ask');
  const { data } = useQuery(suggestionsQuery(metrics[0] ?? '', lang));
  if (!data || data.questions.length === 0) return null;
  return (
    <div className={css.candidates}>
      <h3>{t('instead')}</h3>
      {data.questions.slice(0, 4).map((question) => (
        <button key={question} type="button" className={css.example} onClick={() => onAsk(question)}>
          {question}
        </button>
      ))}
    </div>
  );
}
