/** Role requests that wait: who asks for which role and why; granted or declined with a word. */
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoleRequest } from '../../api/roles';
import { useMe } from '../../api/session';
import { Empty, StateView } from '../../ui/StateView';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import { DecisionDialog } from './DecisionDialog';
import css from './people.module.css';
import { openRequestsQuery } from './queries';
import { useRoleWords } from './useRoleWords';

export interface Decision {
  request: RoleRequest;
  grants: boolean;
}

export function RequestsTab() {
  const { t } = useTranslation('people');
  const query = useQuery(openRequestsQuery);
  const [decision, setDecision] = useState<Decision>();
  return (
    <>
      <p className={css.bar}>{t('request.hint')}</p>
      <StateView
        query={query}
        height={320}
        isEmpty={(all) => all.length === 0}
        empty={<Empty height={280} title={t('request.none')} hint={t('request.noneHint')} />}
      >
        {(all) => (
          <ul className={css.requests} aria-label={t('tab.requests')}>
            {all.map((each) => (
              <Line key={each.id} request={each} onDecide={setDecision} />
            ))}
          </ul>
        )}
      </StateView>
      {decision && <DecisionDialog decision={decision} onClose={() => setDecision(undefined)} />}
    </>
  );
}

function Line({ request, onDecide }: { request: RoleRequest; onDecide: (decision: Decision) => void }) {
  const { t } = useTranslation('people');
  const { relative, fullMoment } = useFormat();
  const { role } = useRoleWords();
  const isOwn = useMe().id === `person:${request.user_name}`;
  const words = { name: request.display_name, role: role(request.role) };
  return (
    <li>
      <div className={css.named}>
        <strong>
          <Words of={request.display_name} />
        </strong>
        <code>{request.user_name}</code>
      </div>
      <div className={css.asked}>
        <p>
          {role(request.role)}
          <time dateTime={request.asked_at} title={fullMoment(request.asked_at)}>
            {relative(request.asked_at)}
          </time>
        </p>
        <p className="muted">{request.reason}</p>
      </div>
      {isOwn ? (
        <span className="muted">{t('request.own')}</span>
      ) : (
        <div className={css.decide}>
          <Button
            type="primary"
            onClick={() => onDecide({ request, grants: true })}
            aria-label={t('request.grantOf', words)}
          >
            {t('request.grant')}
          </Button>
          <Button onClick={() => onDecide({ request, grants: false })} aria-label={t('request.declineOf', words)}>
            {t('request.decline')}
          </Button>
        </div>
      )}
    </li>
  );
}
