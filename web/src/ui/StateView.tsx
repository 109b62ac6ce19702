/** The four states that every view has besides its content: loading, empty, error, not yours. */
import type { UseQueryResult } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/errors';
import { PlainButton } from './PlainButton';
import css from './state.module.css';

export interface Asked<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  /** Whether the answer holds nothing to show. */
  isEmpty?: (data: T) => boolean;
  /** What to show then; say the next action. */
  empty?: ReactNode;
  /** Height of the content, px: the skeleton takes it, so that nothing jumps. */
  height?: number;
  /** A skeleton of the content's own shape. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Shows what `query` has: `<StateView query={q} height={300}>{(data) => …}</StateView>`. */
export function StateView<T>({ query, isEmpty, empty, height, skeleton, children }: Asked<T>) {
  if (query.data !== undefined)
    return isEmpty?.(query.data) ? (empty ?? <Empty height={height} />) : children(query.data);
  if (query.isPending) return skeleton ?? <Skeleton height={height} />;
  return <Failure error={query.error} height={height} retry={() => void query.refetch()} />;
}

/** Grey bars of the size of what will stand here. */
export function Skeleton({ height = 160 }: { height?: number }) {
  const { t } = useTranslation('ui');
  return (
    <div className={css.skeleton} style={{ height }} role="status" aria-label={t('state.loading')}>
      {Array.from({ length: Math.max(1, Math.min(8, Math.floor((height - 24) / 32))) }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
        <span key={i} style={{ width: `${[72, 94, 58, 86, 66, 90, 48, 80][i]}%` }} />
      ))}
    </div>
  );
}

export interface EmptyProps {
  title?: string;
  /** Why there is nothing, and what to do. */
  hint?: ReactNode;
  /** The next action, a button or link. */
  action?: ReactNode;
  height?: number;
}

export function Empty({ title, hint, action, height }: EmptyProps) {
  const { t } = useTranslation('ui');
  return <Notice height={height} sign={<EmptySign />} title={title ?? t('state.empty')} hint={hint} action={action} />;
}

/** An error with its words, hint, code and request id; retry where it may help. 403 offers to ask for a role. */
export function Failure({ error, retry, height }: { error: unknown; retry?: () => void; height?: number | undefined }) {
  const { t } = useTranslation('ui');
  if (error instanceof ApiError && error.isForbidden)
    return <NoPermission hint={error.hint || error.message} permission={neededIn(error)} height={height} />;
  const told = error instanceof ApiError ? error : undefined;
  const words = told?.message || (told?.code === 'network' ? t('state.offline') : t('state.broken'));
  const hint = told?.hint || (told?.code === 'network' ? t('state.offlineHint') : t('state.brokenHint'));
  return (
    <div role="alert">
      <Notice
        height={height}
        sign={<ErrorSign />}
        title={words}
        hint={
          <>
            {hint}
            <span className={css.code}>
              {told?.code ?? (error instanceof Error ? error.message : '')}
              {told?.requestId && ` · ${told.requestId}`}
            </span>
          </>
        }
        action={retry && <PlainButton onClick={retry}>{t('state.retry')}</PlainButton>}
      />
    </div>
  );
}

/** The permission that a refusal names; policies name none, their grants are the owning department's. */
function neededIn({ code, fields }: ApiError): string | undefined {
  return code === 'forbidden' && typeof fields.act === 'string' ? fields.act : undefined;
}

/** Needs so much room; what is lower unfolds it, px. */
const FORM_PX = 240;
const ApplyForRole = lazy(() => import('./ApplyForRole').then((found) => ({ default: found.ApplyForRole })));

/** Somebody else's: says so, and lets one ask for a role that opens it. */
export function NoPermission({
  hint,
  permission,
  height = FORM_PX,
}: {
  hint?: ReactNode;
  /** What it needs, where that can be said: the roles that have it are offered. */
  permission?: string | undefined;
  height?: number | undefined;
}) {
  const { t } = useTranslation(['ui', 'people']);
  const needed = permission && t(`people:permission.${permission}`, { defaultValue: permission });
  const form = permission && (
    <Suspense fallback={<Skeleton height={200} />}>
      <ApplyForRole permission={permission} />
    </Suspense>
  );
  return (
    <Notice
      height={height}
      sign={<LockSign />}
      title={t('state.forbidden')}
      hint={needed ? t('state.needs', { permission: needed }) : (hint ?? t('state.forbiddenHint'))}
      action={form && (height < FORM_PX ? <Unfolding words={t('apply.title')}>{form}</Unfolding> : form)}
    />
  );
}

function Unfolding({ words, children }: { words: string; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return isOpen ? children : <PlainButton onClick={() => setOpen(true)}>{words}</PlainButton>;
}

function Notice({ sign, title, hint, action, height }: EmptyProps & { sign: ReactNode }) {
  return (
    <div className={css.notice} style={{ minHeight: height }}>
      {sign}
      <p className={css.title}>{title}</p>
      {hint && <div className={css.hint}>{hint}</div>}
      {action && <div className={css.action}>{action}</div>}
    </div>
  );
}

const SIGN = {
  width: 40,
  height: 40,
  viewBox: '0 0 40 40',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.5,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const;

function EmptySign() {
  return (
    <svg {...SIGN} className={css.sign} aria-hidden="true">
      <path d="M6 23 11 9h18l5 14v8H6zM6 23h9l2 4h6l2-4h9" />
    </svg>
  );
}

function ErrorSign() {
  return (
    <svg {...SIGN} className={css.errorSign} aria-hidden="true">
      <circle cx="20" cy="20" r="14" />
      <path d="M20 12.5v9M20 26.8v.2" />
    </svg>
  );
}

function LockSign() {
  return (
    <svg {...SIGN} className={css.sign} aria-hidden="true">
      <rect x="9" y="18" width="22" height="15" rx="2.5" />
      <path d="M14 18v-5a6 6 0 0 1 12 0v5M20 24v3" />
    </svg>
  );
}
