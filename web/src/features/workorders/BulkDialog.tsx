/** One verb on several orders: asked once, sent one after another by the server's ordinary verbs, told one by one. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type GetRef, Input, Modal, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { departmentsQuery } from '../../api/departments';
import { ApiError } from '../../api/errors';
import { useSay } from '../../i18n/texts';
import { StatusTag } from '../../ui/StatusTag';
import bulkCss from './bulk.module.css';
import css from './orders.module.css';
import type { Order } from './queries';
import { type Move, sendMove } from './useMove';

export type BulkVerb = Extract<Move['verb'], 'accept' | 'transfer' | 'comment'>;

const LONGEST = { transfer: 1_000, comment: 10_000 };

/** How it went for one order: undefined while it waits, '' when done, else why not. */
type Results = Readonly<Record<string, string>>;

interface BulkDialogProps {
  verb: BulkVerb;
  orders: readonly Order[];
  /** Gets the numbers of those that failed; undefined when nothing was sent. */
  onClose: (failed?: string[]) => void;
}

export function BulkDialog({ verb, orders, onClose }: BulkDialogProps) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const [words, setWords] = useState('');
  const [department, setDepartment] = useState<string>();
  const { data: departments } = useQuery(departmentsQuery);
  const field = useRef<GetRef<typeof Input.TextArea>>(null);
  const { results, isBusy, run } = useRun(orders);
  const done = Object.keys(results).length;
  const failed = Object.keys(results).filter((number) => results[number]);
  const isOver = done === orders.length && !isBusy;
  const move = moveOf(verb, words.trim(), department);
  return (
    <Modal
      open
      title={t(`bulk.title.${verb}`, { count: orders.length })}
      okText={isOver ? t('bulk.close') : t(`bulk.${verb}`)}
      cancelText={t('back')}
      okButtonProps={{ disabled: !isOver && !move, loading: isBusy }}
      cancelButtonProps={{ style: isOver || isBusy ? { display: 'none' } : {} }}
      closable={!isBusy}
      mask={{ closable: !isBusy }}
      keyboard={!isBusy}
      onOk={() => (isOver ? onClose(failed) : move && void run(move))}
      onCancel={() => onClose(isOver ? failed : undefined)}
      // The dialog itself focuses its first button; people come to write.
      afterOpenChange={(isOpen) => isOpen && field.current?.focus()}
      destroyOnHidden
    >
      <div className={css.form}>
        {done === 0 && verb === 'transfer' && (
          <div className={css.field}>
            {t('toDepartment')}
            <Select
              aria-label={t('toDepartment')}
              showSearch={{ optionFilterProp: 'label' }}
              disabled={isBusy}
              value={department}
              onChange={setDepartment}
              options={(departments ?? []).map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
            />
          </div>
        )}
        {done === 0 && verb !== 'accept' && (
          <div className={css.field}>
            {t(verb === 'comment' ? 'bulk.remark' : 'reason')}
            <Input.TextArea
              aria-label={t(verb === 'comment' ? 'bulk.remark' : 'reason')}
              ref={field}
              rows={3}
              disabled={isBusy}
              maxLength={LONGEST[verb]}
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          </div>
        )}
        <p className={css.why} aria-live="polite">
          {isOver
            ? t('bulk.result', { done: done - failed.length, failed: failed.length })
            : isBusy
              ? t('bulk.running', { done, count: orders.length })
              : t('bulk.how')}
        </p>
        <ul className={bulkCss.list} aria-label={t('bulk.orders')}>
          {orders.map(({ number, title }) => (
            <li key={number}>
              <span className={bulkCss.title} dir="auto">
                <code>{number}</code>
                {say(title, number)}
              </span>
              {results[number] !== undefined && (
                <StatusTag tone={results[number] ? 'bad' : 'good'}>
                  {t(results[number] ? 'bulk.failed' : 'bulk.done')}
                </StatusTag>
              )}
              {results[number] && <span className={bulkCss.why}>{results[number]}</span>}
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}

/** One after another, so that the server writes each down as it does for one; a refusal stops no other. */
function useRun(orders: readonly Order[]) {
  const cache = useQueryClient();
  const [results, setResults] = useState<Results>({});
  const [isBusy, setBusy] = useState(false);
  const run = async (move: Move) => {
    setBusy(true);
    for (const { number } of orders) {
      let words = '';
      try {
        await sendMove(number, move);
      } catch (error) {
        words = wordsOf(error);
      }
      setResults((before) => ({ ...before, [number]: words }));
    }
    setBusy(false);
    await cache.invalidateQueries({ queryKey: ['workorders'] });
  };
  return { results, isBusy, run };
}

function wordsOf(error: unknown): string {
  if (error instanceof ApiError) return [error.message || error.code, error.hint].filter(Boolean).join(' ');
  return error instanceof Error ? error.message : String(error);
}

function moveOf(verb: BulkVerb, words: string, department: string | undefined): Move | undefined {
  if (verb === 'accept') return { verb };
  if (words === '') return undefined;
  if (verb === 'comment') return { verb, text: words };
  return department === undefined ? undefined : { verb, department, reason: words };
}
