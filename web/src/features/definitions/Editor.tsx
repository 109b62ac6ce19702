/** The editor of one definition: YAML with help from its kind's schema, checked while one types, problems listed below. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n/texts';
import { type CodeHandle, CodeView, type Mark } from '../../ui/CodeView';
import { StatusTag } from '../../ui/StatusTag';
import { useNarrow } from '../../ui/useNarrow';
import css from './definitions.module.css';
import { nameIn } from './draft';
import { checkQuery, type Problem } from './queries';
import { useAssist } from './useAssist';

/** Wait after the last key before the text is checked, ms. */
const TYPING_MS = 400;

export interface EditorProps {
  kind: string;
  text: string;
  /** Makes it an editor; without it the text can be read only. */
  onChange?: ((text: string) => void) | undefined;
  /** Called for Ctrl/⌘S. */
  onSave: () => void;
  /** Buttons beside the state of the text. */
  actions?: ReactNode;
}

export function Editor({ kind, text, onChange, onSave, actions }: EditorProps) {
  const { t } = useTranslation('definitions');
  const narrow = useNarrow();
  const editor = useRef<CodeHandle>(null);
  const [at, setAt] = useState(0);
  const assist = useAssist(kind, text);
  const { problems, isBehind } = useProblems(kind, text);
  const own = nameIn(text);
  const marks = useMemo(() => problems.filter((each) => isOwn(each, kind, own)).map(markOf), [problems, kind, own]);
  const help = useMemo(() => assist?.explain(text, Math.min(at, text.length)), [assist, text, at]);
  const label = t('editor', { name: own || kind });
  return (
    <div className={css.editor}>
      <div className={css.bar}>
        <span aria-live="polite">
          {isBehind ? (
            <StatusTag dot>{t('checking')}</StatusTag>
          ) : problems.length > 0 ? (
            <StatusTag tone="bad" dot>
              {t('problems', { count: problems.length })}
            </StatusTag>
          ) : (
            <StatusTag tone="good" dot>
              {t('sound')}
            </StatusTag>
          )}
        </span>
        <span className={css.end}>{actions}</span>
      </div>
      <CodeView
        ref={editor}
        language="yaml"
        label={label}
        code={text}
        height={narrow ? 420 : 540}
        marks={marks}
        wrap={narrow}
        onSave={onSave}
        onCursor={setAt}
        {...(onChange ? { onChange } : {})}
        {...(assist ? { assist } : {})}
      />
      {onChange && (
        <p className={css.help}>
          {help ? (
            <>
              <code>{help.title}</code> {help.lines.join(' ')}
            </>
          ) : (
            <span className="muted">{t('keys')}</span>
          )}
        </p>
      )}
      {problems.length > 0 && (
        <ol className={css.problems} aria-label={t('problemList')}>
          {problems.map((each) => (
            <li key={`${each.file} ${each.line} ${each.column} ${each.code} ${each.path.join('.')}`}>
              <ProblemLine
                problem={each}
                isOwn={isOwn(each, kind, own)}
                onOpen={() => editor.current?.goTo(each.line, each.column)}
              />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function ProblemLine({ problem, isOwn: own, onOpen }: { problem: Problem; isOwn: boolean; onOpen: () => void }) {
  const { t } = useTranslation('definitions');
  const words = (
    <>
      <strong>{own ? t('line', { line: problem.line }) : `${problem.file}:${problem.line}`}</strong>
      <span>
        {problem.message} <span className="muted">{problem.hint}</span>
      </span>
    </>
  );
  if (!own) return <span className={css.problem}>{words}</span>;
  return (
    <button type="button" className={css.problem} onClick={onOpen}>
      {words}
    </button>
  );
}

/** What is wrong with the text, as of a moment ago; `isBehind` while the newest text is not checked yet. */
function useProblems(kind: string, text: string): { problems: readonly Problem[]; isBehind: boolean } {
  const lang = useLang();
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  const { data, isFetching, isPlaceholderData } = useQuery({
    ...checkQuery(kind, settled, lang),
    placeholderData: keepPreviousData,
  });
  const problems = data?.problems;
  return {
    problems: useMemo(() => problems ?? [], [problems]),
    isBehind: settled !== text || isPlaceholderData || (isFetching && !data),
  };
}

/** Whether the problem stands in this text, not in another definition that depends on it. */
function isOwn(problem: Problem, kind: string, name: string): boolean {
  return (problem.kind === null || problem.kind === kind) && (problem.name === null || !name || problem.name === name);
}

function markOf({ line, column, message, hint }: Problem): Mark {
  return { line, column, severity: 'error', message: hint ? `${message} ${hint}` : message };
}
