/** Asks for what a verb needs: the result, the reason, the department. */
import { useQuery } from '@tanstack/react-query';
import { type GetRef, Input, Modal, Radio, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { departmentsQuery } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import css from './orders.module.css';
import type { Order } from './queries';
import { type Move, useMove } from './useMove';

export type Verb = Order['can'][number];
export type Asked = Exclude<Verb, 'accept' | 'comment'>;
const LONGEST_RESULT = 10_000;
const LONGEST_REASON = 1_000;

export function VerbDialog({ order, verb, onClose }: { order: Order; verb: Asked; onClose: () => void }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const move = useMove();
  const { data: departments } = useQuery(departmentsQuery);
  const field = useRef<GetRef<typeof Input.TextArea>>(null);
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
      // The dialog itself focuses its first button; people come to write.
      afterOpenChange={(isOpen) => isOpen && field.current?.focus()}
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
            ref={field}
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
