/** Everything about one order, for its page and its drawer: what, where, why, the steps, what happened. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { isBilingual, useSay } from '../../i18n/texts';
import { Skeleton } from '../../ui/StateView';
import { type Happening, Timeline } from '../../ui/Timeline';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import css from './orders.module.css';
import { ClockBar, Holder, Priority, Repeats, Stage, usePlaceWords } from './Parts';
import { causeQuery, type Detail, type Order } from './queries';
import { useMove } from './useMove';
import { OrderVerbs } from './Verbs';

/** The chart comes when an alert's order is opened. */
const AlertTrend = lazy(() => import('../../query/AlertTrend').then((found) => ({ default: found.AlertTrend })));
const TREND_PX = 200;
const LEGEND_PX = 24;

export function OrderDetail({ detail }: { detail: Detail }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const { fullMoment, relative } = useFormat();
  const { order } = detail;
  const place = usePlaceWords()(order);
  const who = useWho(detail);
  return (
    <div className={css.detail}>
      <div className={css.part}>
        <div className={css.detailHead}>
          <Stage order={order} />
          <Priority order={order} />
          <Repeats order={order} />
          <Holder order={order} />
        </div>
        <ClockBar order={order} />
      </div>
      <OrderVerbs order={order} />
      <section className={css.part}>
        <h3>{t('what')}</h3>
        {order.description && (
          <p className={css.words} dir="auto">
            <Words of={say(order.description)} />
          </p>
        )}
        <dl className={css.facts}>
          <dt>{t('where')}</dt>
          <dd dir="auto">
            <Words of={place || t('nowhere')} />
          </dd>
          <dt>{t('openedAt')}</dt>
          <dd title={fullMoment(order.opened_at)}>
            {fullMoment(order.opened_at)} · {who(order.opened_by)}
          </dd>
          <dt>{t('dueAt')}</dt>
          <dd>{order.due_at ? `${fullMoment(order.due_at)} · ${relative(order.due_at)}` : t('clock.free')}</dd>
          <dt>{t('procedure')}</dt>
          <dd>{say(detail.procedure_title, detail.procedure)}</dd>
          {order.result && (
            <>
              <dt>{t('result')}</dt>
              <dd className={css.words} dir="auto">
                <Words of={order.result} />
              </dd>
            </>
          )}
        </dl>
      </section>
      {order.alert && order.episode && <Cause alert={order.alert} episode={order.episode} />}
      <section className={css.part}>
        <h3>{t('steps')}</h3>
        <Timeline label={t('steps')} items={useSteps(detail)} />
      </section>
      <section className={css.part}>
        <h3>{t('history')}</h3>
        {order.can.includes('comment') && <Comment order={order} />}
        <Timeline label={t('history')} items={useHistory(detail)} />
      </section>
    </div>
  );
}

function Cause({ alert, episode }: { alert: string; episode: string }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const { fullMoment } = useFormat();
  const { data, isPending } = useQuery(causeQuery(alert, episode));
  return (
    <section className={css.part}>
      <h3>{t('why.title')}</h3>
      {isPending ? (
        <Skeleton height={TREND_PX + LEGEND_PX + 28} />
      ) : data ? (
        <>
          <p className={css.why}>
            <Link to="/alerts/$name" params={{ name: alert }}>
              <Words of={say(data.definition.title, alert)} />
            </Link>
            {' · '}
            {t('why.fired', { at: fullMoment(data.event.fired_at) })}
          </p>
          <Suspense fallback={<Skeleton height={TREND_PX + LEGEND_PX} />}>
            <AlertTrend definition={data.definition} episode={data.event} height={TREND_PX} />
          </Suspense>
        </>
      ) : (
        <p className={css.why}>{t('why.hidden')}</p>
      )}
    </section>
  );
}

function Comment({ order }: { order: Order }) {
  const { t } = useTranslation('workorders');
  const [text, setText] = useState('');
  const move = useMove();
  const send = () =>
    move.mutate({ order, move: { verb: 'comment', text: text.trim() } }, { onSuccess: () => setText('') });
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Input.TextArea
        aria-label={t('remark')}
        placeholder={t('remark')}
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div>
        <Button htmlType="submit" disabled={!text.trim()} loading={move.isPending}>
          {t('verb.comment')}
        </Button>
      </div>
    </form>
  );
}

/** Names of persons; parts of the system by what they are. */
function useWho({ people }: Detail): (id: string) => string {
  const { t } = useTranslation('workorders');
  return (id) =>
    people[id] ?? (id.startsWith('service:') || id === 'operator' ? t(`who.${id.split(':').at(-1)}`, id) : id);
}

function useSteps(detail: Detail): Happening[] {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const department = useDepartment();
  const who = useWho(detail);
  const { moment, duration } = useFormat();
  const done = detail.tasks.map((task): Happening => {
    const isOpen = task.state === 'ready' || task.state === 'claimed';
    const person = task.finished_by ?? task.assignee;
    return {
      key: task.id,
      at: task.finished_at ?? task.opened_at,
      title: (
        <>
          {say(task.title, task.step)} ·{' '}
          {task.outcome ? t(`outcome.${task.outcome}`, task.outcome) : t(`task.${task.state}`)}
        </>
      ),
      by: [department(task.department), person && who(person)].filter(Boolean).join(' · '),
      details: isOpen
        ? task.due_at && t('stepDue', { at: moment(task.due_at) })
        : task.finished_at &&
          t('stepTook', { time: duration((Date.parse(task.finished_at) - Date.parse(task.opened_at)) / 1000) }),
      tone: isOpen
        ? task.light === 'red'
          ? 'bad'
          : task.light === 'yellow'
            ? 'warning'
            : 'info'
        : task.state === 'done'
          ? 'good'
          : 'neutral',
    };
  });
  const ahead = detail.ahead.map(
    (step): Happening => ({
      key: `ahead-${step.step}`,
      at: '',
      title: say(step.title, step.step),
      by: step.department?.startsWith('$') ? department(detail.order.department) : department(step.department),
      isAhead: true,
    }),
  );
  return [...done, ...ahead];
}

function useHistory(detail: Detail): Happening[] {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const department = useDepartment();
  const who = useWho(detail);
  const titles = new Map(detail.tasks.map((each) => [each.step, each.title]));
  return detail.timeline.toReversed().map((line): Happening => {
    const step = line.step ? say(titles.get(line.step), line.step) : '';
    const { reason, comment, to } = line.details;
    const remark = isBilingual(comment) ? say(comment) : comment;
    const words = [typeof to === 'string' ? `→ ${department(to)}` : '', reason, remark].filter(
      (each) => typeof each === 'string' && each,
    );
    return {
      key: String(line.id),
      at: line.at,
      title: t(`entry.${line.verb}`, { step }),
      by: who(line.actor),
      ...(words.length > 0
        ? {
            details: (
              <span className={css.words} dir="auto">
                <Words of={words.join(' · ')} />
              </span>
            ),
          }
        : {}),
      tone: line.verb === 'overdue' ? 'bad' : line.verb === 'complete' ? 'good' : 'neutral',
    };
  });
}
