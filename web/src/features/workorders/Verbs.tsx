/** What one may do to an order: as buttons and as a menu; a dialog asks for what a verb needs. */
import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import css from './orders.module.css';
import type { Order } from './queries';
import { useMove } from './useMove';
import type { Asked, Verb } from './VerbDialog';

const SHOWN = ['accept', 'finish', 'transfer', 'return', 'cancel'] as const satisfies readonly Verb[];
const VerbDialog = lazy(() => import('./VerbDialog').then((found) => ({ default: found.VerbDialog })));

function useVerbs(order: Order) {
  const [asking, setAsking] = useState<Asked>();
  const move = useMove();
  return {
    verbs: SHOWN.filter((each) => order.can.includes(each)),
    busy: move.isPending,
    act: (verb: Exclude<Verb, 'comment'>) =>
      verb === 'accept' ? move.mutate({ order, move: { verb }, to: 'accepted' }) : setAsking(verb),
    dialog: asking && (
      <Suspense>
        <VerbDialog order={order} verb={asking} onClose={() => setAsking(undefined)} />
      </Suspense>
    ),
  };
}

/** The verbs behind “…”, for a card; nothing where there are none. */
export function OrderMenu({ order }: { order: Order }) {
  const { t } = useTranslation('workorders');
  const { verbs, act, dialog } = useVerbs(order);
  if (verbs.length === 0) return null;
  return (
    // What happens in the menu and its dialog is no drag of the card.
    <span onPointerDown={(event) => event.stopPropagation()}>
      <Dropdown
        trigger={['click']}
        autoFocus
        menu={{
          items: verbs.map((key) => ({ key, label: t(`verb.${key}`), danger: key === 'cancel' })),
          onClick: ({ key, domEvent }) => {
            // Enter opens a dialog here, and would then press the button that the dialog focuses.
            domEvent.preventDefault();
            const verb = verbs.find((each) => each === key);
            if (verb) act(verb);
          },
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<MoreOutlined aria-hidden="true" />}
          aria-label={t('menu', { number: order.number })}
        />
      </Dropdown>
      {dialog}
    </span>
  );
}

/** The verbs as buttons, or why there are none. */
export function OrderVerbs({ order }: { order: Order }) {
  const { t } = useTranslation('workorders');
  const { verbs, act, busy, dialog } = useVerbs(order);
  const why = useWhyNot()(order);
  const first = verbs.includes('accept') ? 'accept' : 'finish';
  return (
    <div className={css.part}>
      {verbs.length > 0 && (
        <div className={css.actions}>
          {verbs.map((verb) => (
            <Button
              key={verb}
              type={verb === first ? 'primary' : 'default'}
              danger={verb === 'cancel'}
              loading={busy && verb === 'accept'}
              onClick={() => act(verb)}
            >
              {t(`verb.${verb}`)}
            </Button>
          ))}
        </div>
      )}
      {why && <p className={css.why}>{why}</p>}
      {dialog}
    </div>
  );
}

/** Why somebody cannot move an order now, and who can. */
function useWhyNot(): (order: Order) => string | undefined {
  const { t } = useTranslation('workorders');
  const department = useDepartment();
  const say = useSay();
  return (order) => {
    if (order.status === 'finished' || order.status === 'cancelled') return t(`why.${order.status}`);
    if (order.waiting.some((each) => each.is_mine)) return undefined;
    const [step] = order.waiting;
    if (!step) return undefined;
    const words = {
      step: say(step.title, step.step),
      department: department(step.department),
      person: step.assignee_name,
    };
    if (!step.department) return t('why.dispatch');
    return step.assignee_name ? t('why.held', words) : t('why.others', words);
  };
}
