/** What would change, looked at before it does: each definition's difference, what depends on it, a note, then apply. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../api/client';
import { ApiError } from '../../api/errors';
import { useLang, useSay } from '../../i18n/texts';
import { DiffView } from '../../ui/DiffView';
import { SideDrawer } from '../../ui/SideDrawer';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useToast, useToldError } from '../../ui/toast';
import css from './definitions.module.css';
import { type Applied, allQuery, type Draft, kindsQuery, type Plan, planQuery } from './queries';

const TONES: Record<Schema<'ChangeOut'>['action'], Tone> = {
  create: 'good',
  change: 'info',
  reword: 'neutral',
  delete: 'bad',
};

export interface PlanDrawerProps {
  /** What to plan; undefined closes the drawer. */
  draft: Draft | undefined;
  onClose: () => void;
  title: string;
  /** Words of the button that does it. */
  verb: string;
  danger?: boolean;
  apply: (draft: Draft, revision: number, note: string) => Promise<Applied>;
  onApplied: (applied: Applied) => Promise<void> | void;
}

export function PlanDrawer(props: PlanDrawerProps) {
  const { draft, onClose, title } = props;
  return (
    <SideDrawer open={draft !== undefined} onClose={onClose} title={title} width={980}>
      {draft && <Planned {...props} draft={draft} />}
    </SideDrawer>
  );
}

function Planned({ draft, onClose, verb, danger = false, apply, onApplied }: PlanDrawerProps & { draft: Draft }) {
  const { t } = useTranslation('definitions');
  const lang = useLang();
  const client = useQueryClient();
  const toast = useToast();
  const tell = useToldError();
  const [note, setNote] = useState('');
  const query = useQuery(planQuery(draft, lang));
  const revision = query.data?.revision;
  const doing = useMutation({
    mutationFn: (planned: number) => apply(draft, planned, note.trim()),
    onSuccess: async (applied) => {
      toast(t('applied', { revision: String(applied.revision) }), 'good');
      // The plan goes first: made anew against what it did itself, it would be refused.
      await onApplied(applied);
      void client.invalidateQueries({ queryKey: ['definitions'] });
      void client.invalidateQueries({ queryKey: ['metrics'] });
    },
    onError: (error) => {
      tell(error);
      // Somebody applied in between: the plan is made anew, the text stays.
      if (error instanceof ApiError && error.status === 409)
        for (const noun of ['plans', 'definitions']) void client.invalidateQueries({ queryKey: [noun] });
    },
  });
  const isReady = query.data !== undefined && query.data.problems.length === 0 && query.data.changes.length > 0;
  return (
    <div className={css.plan}>
      <StateView query={query} height={320}>
        {(plan) => <Changes plan={plan} />}
      </StateView>
      {isReady && (
        <form
          className={css.confirm}
          onSubmit={(event) => {
            event.preventDefault();
            if (revision !== undefined) doing.mutate(revision);
          }}
        >
          <label htmlFor="definition-note">{t('note')}</label>
          <Input.TextArea
            id="definition-note"
            value={note}
            onChange={(event) => setNote(event.target.value)}
            placeholder={t('noteHint')}
            maxLength={2000}
            autoSize={{ minRows: 2, maxRows: 5 }}
          />
          <div className={css.buttons}>
            <Button onClick={onClose}>{t('back')}</Button>
            <Button type="primary" htmlType="submit" danger={danger} loading={doing.isPending}>
              {verb}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}

function Changes({ plan }: { plan: Plan }) {
  const { t } = useTranslation('definitions');
  if (plan.problems.length > 0)
    return (
      <div role="alert">
        <p>
          <strong>{t('refused', { count: plan.problems.length })}</strong>
        </p>
        <ol className={css.problems}>
          {plan.problems.map((each) => (
            <li key={`${each.file} ${each.line} ${each.column} ${each.code}`} className={css.problem}>
              <strong>{t('line', { line: each.line })}</strong>
              <span>
                {each.message} <span className="muted">{each.hint}</span>
              </span>
            </li>
          ))}
        </ol>
      </div>
    );
  if (plan.changes.length === 0) return <Empty height={200} title={t('nothing')} hint={t('nothingHint')} />;
  return plan.changes.map((change) => <Change key={`${change.kind}/${change.name}`} change={change} />);
}

function Change({ change }: { change: Schema<'ChangeOut'> }) {
  const { t } = useTranslation('definitions');
  return (
    <section className={css.change} aria-label={change.name}>
      <h3>
        <StatusTag tone={TONES[change.action]}>{t(`action.${change.action}`)}</StatusTag>{' '}
        <KindWord kind={change.kind} /> <code>{change.name}</code>
      </h3>
      <DiffView
        diff={change.diff}
        label={t('diffOf', { name: change.name })}
        before={t('published')}
        after={t('new')}
      />
      <Named title={t('impact', { count: change.impact.length })} named={change.impact} none={t('noImpact')} />
    </section>
  );
}

/** The kind's name for people. */
export function KindWord({ kind }: { kind: string }) {
  const say = useSay();
  const found = useQuery(kindsQuery).data?.kinds.find((each) => each.name === kind);
  return <>{say(found?.title, kind)}</>;
}

/** Definitions by kind, each a link to its text. */
export function Named({ title, named, none }: { title: string; named: Schema<'Named'>[]; none: string }) {
  const say = useSay();
  const all = useQuery(allQuery).data;
  const kinds = [...new Set(named.map((each) => each.kind))];
  const wordsOf = (each: Schema<'Named'>) =>
    say(all?.find((one) => one.kind === each.kind && one.name === each.name)?.title, each.name);
  return (
    <div className={css.named}>
      <h4>{title}</h4>
      {named.length === 0 && <p className="muted">{none}</p>}
      {kinds.map((kind) => (
        <div key={kind} className={css.ofKind}>
          <span className="muted">
            <KindWord kind={kind} />
          </span>
          <ul className={css.chips}>
            {named
              .filter((each) => each.kind === kind)
              .map((each) => (
                <li key={each.name}>
                  <Link to="/definitions/$kind/$name" params={{ ...each }} className={css.chip} title={each.name}>
                    {wordsOf(each)}
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
