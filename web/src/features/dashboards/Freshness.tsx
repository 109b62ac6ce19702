/** How old the data is, and whether the page follows it. */
import { useTranslation } from 'react-i18next';
import { useConnection } from '../../api/live';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import css from './board.module.css';
import type { Evaluation } from './queries';

export function Freshness({ evaluation, isFetching }: { evaluation: Evaluation | undefined; isFetching: boolean }) {
  const { t } = useTranslation('dashboards');
  const { moment } = useFormat();
  const connection = useConnection();
  const known = (evaluation?.tiles ?? []).flatMap(({ answer }) => (answer?.as_of ? [answer.as_of] : [])).sort();
  const [oldest] = known;
  const isLimited = evaluation?.tiles.some(({ answer }) => answer?.limited.length) ?? false;
  return (
    <span className={css.fresh}>
      {isLimited && <span>{t('limited')}</span>}
      {oldest && <span className="number">{t('asOf', { at: moment(oldest) })}</span>}
      <StatusTag tone={connection === 'open' ? 'good' : 'neutral'} dot>
        {isFetching ? t('updating') : t(connection === 'open' ? 'live' : 'notLive')}
      </StatusTag>
    </span>
  );
}
