/** Code to read or edit: SQL, YAML, JSON. CodeMirror comes when first needed; until then the plain text stands there. */
import { Component, lazy, type ReactNode, type Ref, Suspense } from 'react';
import css from './code.module.css';

export type CodeLanguage = 'sql' | 'yaml' | 'json' | 'text';

/** A fault in the text; lines and columns count from 1. */
export interface Mark {
  line: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

/** Something that may stand where the cursor is. */
export interface Suggestion {
  label: string;
  /** What is inserted; the label when left out. */
  insert?: string;
  kind: 'key' | 'value' | 'name';
  /** Beside the label: a type, a title. */
  detail?: string;
  /** What it means. */
  info?: string;
  /** Higher stands first, −99 to 99. */
  boost?: number;
}

/** What an editor knows of the text: asked with the whole text and a place in it, counted in characters from 0. */
export interface Assist {
  complete: (text: string, at: number) => { from: number; suggestions: readonly Suggestion[] } | undefined;
  explain: (
    text: string,
    at: number,
  ) => { from: number; to: number; title: string; lines: readonly string[] } | undefined;
}

/** What a page may do with an editor. */
export interface CodeHandle {
  /** Puts the cursor there, scrolls to it and takes the focus; counts from 1. */
  goTo: (line: number, column?: number) => void;
}

export interface CodeViewProps {
  code: string;
  language: CodeLanguage;
  /** What the code is, for screen readers. */
  label: string;
  /** Height, px; else as many lines as there are, at most 480 px. */
  height?: number;
  /** Makes it an editor. */
  onChange?: (code: string) => void;
  /** Faults to underline in an editor. */
  marks?: readonly Mark[];
  /** Called for Ctrl/⌘S. */
  onSave?: () => void;
  /** Completion and explanations while writing. */
  assist?: Assist;
  /** Called with the cursor's place, from 0. */
  onCursor?: (at: number) => void;
  /** Breaks long lines instead of scrolling sideways. */
  wrap?: boolean;
  ref?: Ref<CodeHandle>;
}

const Mirror = lazy(() => import('./CodeMirrorView').then((module) => ({ default: module.CodeMirrorView })));

export function CodeView(props: CodeViewProps) {
  const plain = (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre className={css.plain} style={{ height: props.height }} tabIndex={0}>
      <code>{props.code}</code>
    </pre>
  );
  return (
    <div className={css.code}>
      <Fallback instead={plain}>
        <Suspense fallback={plain}>
          <Mirror {...props} />
        </Suspense>
      </Fallback>
    </div>
  );
}

/** The text can be read even when the highlighter cannot be fetched. */
class Fallback extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
