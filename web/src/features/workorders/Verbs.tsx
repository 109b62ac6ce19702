/** What one may do to an order: as buttons, as a menu, and the dialog that asks for what a verb needs. */
import { MoreOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Dropdown, Input, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { departmentsQuery, useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import css from './orders.module.css';
import type { Order } from './queries';
import { type Move, useMove } from './useMove';

export type Verb = Order['can'][number];
type Asked = Exclude<Verb, 'accept' | 'comment'>;
const SHOWN = ['accept', 'finish', 'transfer', 'return', 'cancel'] as const satisfies readonly Verb[];
const LONGEST_RESULT = 10_000;
const LONGEST_REASON = 1_000;

function useVerbs(order: Order) {
  const [asking, setAsking] = useState<Asked>();
  const move = useMove();
  return {
    verbs: SHOWN.filter((each) => order.can.includes(each)),
    busy: move.isPending,
    act: (verb: Exclude<Verb, 'comment'>) =>
      verb === 'accept' ? move.mutate({ order, move: { verb }, to: 'accepted' }) : setAsking(verb),
    dialog: asking && <VerbDialog order={order} verb={asking} onClose={() => setAsking(undefined)} />,
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
        menu={{
          items: verbs.map((key) => ({ key, label: t(`verb.${key}`), danger: key === 'cancel' })),
          onClick: ({ key }) => {
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

export function VerbDialog({ order, verb, onClose }: { order: Order; verb: Asked; onClose: () => void }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const move = useMove();
  const { data: departments } = useQuery(departmentsQuery);
  const step = order.waiting.find((each) => each.is_mine);
  const outcomes = verb === 'finish' ? (step?.outcomes ?? []) : [];
  const [words, setWords] = useState('');
  const [outcome, setOutcome] = useState(outcomes[0] ?? null);
  const [department, setDepartment] = useState<string>();
  const isReady = words.trim() !== '' && (verb !== 'transfer' || department !== undefined);
  const longest = verb === 'finish' ? LONGEST_RESULT : LONGEST_REASON;
  const send = () =>
    move.mutate({ order, move: moveOf(verb, words.trim(), outcome, department ?? '') }, { onSuccess: onClose });
  return (
    <Modal
      open
      title={t(`verb.${verb}`)}
      okText={t(`verb.${verb}`)}
      cancelText={t('back')}
      okButtonProps={{ disabled: !isReady, danger: verb === 'cancel', loading: move.isPending }}
      onOk={send}
      onCancel={onClose}
      destroyOnHidden
    >
      <div className={css.form}>
        <p className={css.why}>
          {order.number} · {say(order.title)}
          {step && ` · ${t('stepNow', { step: say(step.title, step.step) })}`}
        </p>
        {outcomes.length > 0 && (
          <div className={css.field}>
            <span>{t('outcomeOf')}</span>
            <Radio.Group
              aria-label={t('outcomeOf')}
              value={outcome}
              onChange={(event) => setOutcome(String(event.target.value))}
              options={outcomes.map((value) => ({ value, label: t(`outcome.${value}`, value) }))}
            />
          </div>
        )}
        {verb === 'transfer' && (
          <div className={css.field}>
            {t('toDepartment')}
            <Select
              aria-label={t('toDepartment')}
              showSearch={{ optionFilterProp: 'label' }}
              value={department}
              onChange={setDepartment}
              options={(departments ?? [])
                .filter((each) => each.name !== order.department)
                .map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
            />
          </div>
        )}
        <div className={css.field}>
          {t(verb === 'finish' ? 'result' : 'reason')}
          <Input.TextArea
            aria-label={t(verb === 'finish' ? 'result' : 'reason')}
            autoFocus
            rows={4}
            maxLength={longest}
            value={words}
            onChange={(event) => setWords(event.target.value)}
            placeholder={t(verb === 'finish' ? 'resultHint' : 'reasonHint')}
          />
        </div>
      </div>
    </Modal>
  );
}

function moveOf(verb: Asked, words: string, outcome: string | null, department: string): Move {
  if (verb === 'finish') return { verb, result: words, outcome };
  if (verb === 'transfer') return { verb, department, reason: words };
  return { verb, reason: words };
}
