/** One's own role requests and what became of them. */
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ownRequestsQuery, type RoleRequest } from '../../api/roles';
import { useMe } from '../../api/session';
import { StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { useWithdraw } from '../../ui/useRoleRequests';
import { markSeen } from './decisions';
import css from './people.module.css';
import { useRoleWords } from './useRoleWords';

const TONE = { open: 'info', granted: 'good', declined: 'bad', withdrawn: 'neutral' } as const;

export function OwnRequests() {
  const { t } = useTranslation('people');
  const query = useQuery(ownRequestsQuery);
  const { id } = useMe();
  useEffect(() => markSeen(id, query.data ?? []), [id, query.data]);
  return (
    <section aria-labelledby="requests" className={css.wide}>
      <h2 id="requests">{t('request.mine')}</h2>
      <StateView
        query={query}
        height={64}
        isEmpty={(all) => all.length === 0}
        empty={<p className="muted">{t('request.mineNone')}</p>}
      >
        {(all) => (
          <ul className={css.sessions}>
            {all.map((each) => (
              <Line key={each.id} request={each} />
            ))}
          </ul>
        )}
      </StateView>
    </section>
  );
}

function Line({ request }: { request: RoleRequest }) {
  const { t } = useTranslation(['people', 'ui']);
  const { fullMoment } = useFormat();
  const { role } = useRoleWords();
  const withdraw = useWithdraw();
  const isOpen = request.state === 'open';
  return (
    <li>
      <div className={css.named}>
        <span>
          {role(request.role)} <StatusTag tone={TONE[request.state]}>{t(`ui:apply.state.${request.state}`)}</StatusTag>
        </span>
        <small className="muted">
          {t('request.line', { at: fullMoment(request.asked_at), reason: request.reason })}
        </small>
        {(request.state === 'granted' || request.state === 'declined') && (
          <small>
            {t(request.note ? 'request.answer' : 'request.by', { name: request.decided_by ?? '', note: request.note })}
          </small>
        )}
      </div>
      {isOpen && (
        <Button
          size="small"
          loading={withdraw.isPending}
          onClick={() => withdraw.mutate(request.id)}
          aria-label={t('request.withdrawOf', { role: role(request.role) })}
        >
          {t('ui:apply.withdraw')}
        </Button>
      )}
    </li>
  );
}
