import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { sql } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { CodeLanguage, CodeViewProps, Mark } from './CodeView';
import { assistance } from './codeAssist';

export function CodeMirrorView(props: CodeViewProps) {
  const { code, language, label, height, onChange, marks, wrap = false, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const calls = useRef(props);
  calls.current = props;
  const isEditor = onChange !== undefined;
  const first = useRef(code);

  useEffect(() => {
    if (!host.current) return undefined;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          look(height),
          wrap ? EditorView.lineWrapping : [],
          languageOf(language),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          isEditor ? editing(calls) : reading,
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      first.current = made.state.doc.toString();
      made.destroy();
    };
  }, [language, label, height, isEditor, wrap]);

  useEffect(() => {
    const now = view.current;
    if (now && now.state.doc.toString() !== code)
      now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: code } });
    first.current = code;
  }, [code]);

  useEffect(() => {
    const now = view.current;
    if (!now) return;
    const found = (marks ?? []).map((mark) => diagnostic(now.state.doc, mark));
    now.dispatch(setDiagnostics(now.state, found));
  }, [marks]);

  useImperativeHandle(ref, () => ({
    goTo(line, column) {
      const now = view.current;
      if (!now) return;
      const at = placeOf(now.state.doc, line, column);
      now.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      now.focus();
    },
  }));

  return <div ref={host} />;
}

const reading: Extension = [EditorState.readOnly.of(true), EditorView.editable.of(false)];

function editing(calls: { current: CodeViewProps }): Extension {
  const saveKey = {
    key: 'Mod-s',
    preventDefault: true,
    run: () => {
      calls.current.onSave?.();
      return true;
    },
  };
  return [
    history(),
    bracketMatching(),
    highlightActiveLine(),
    drawSelection(),
    lintGutter(),
    assistance(() => calls.current.assist),
    EditorState.tabSize.of(2),
    // Escape, then Tab leaves the editor: nobody gets caught.
    keymap.of([saveKey, ...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) calls.current.onChange?.(update.state.doc.toString());
      if (update.selectionSet || update.docChanged) calls.current.onCursor?.(update.state.selection.main.head);
    }),
  ];
}

function languageOf(language: CodeLanguage): Extension {
  if (language === 'sql') return sql();
  return language === 'text' ? [] : yaml(); // JSON is YAML
}

function diagnostic(text: Text, mark: Mark): Diagnostic {
  const from = placeOf(text, mark.line, mark.column);
  const end = mark.endLine ? placeOf(text, mark.endLine, mark.endColumn) : text.lineAt(from).to;
  return { from, to: Math.max(from, end), severity: mark.severity, message: mark.message };
}

function placeOf(text: Text, line: number, column = 1): number {
  const found = text.line(Math.max(1, Math.min(line, text.lines)));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
}

function look(height: number | undefined): Extension {
  return [
    lineNumbers(),
    EditorView.theme({
      '&': {
        fontSize: '13px',
        color: 'var(--c-text)',
        background: 'var(--c-sunken)',
        ...(height === undefined ? { maxHeight: '480px' } : { height: `${height}px` }),
      },
      '&.cm-focused': { outline: '2px solid var(--c-focus)', outlineOffset: '-2px' },
      '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overflow: 'auto' },
      '.cm-gutters': { background: 'var(--c-sunken)', color: 'var(--c-text3)', border: '0' },
      '.cm-content': { caretColor: 'var(--c-text)' },
      '.cm-cursor': { borderLeftColor: 'var(--c-text)' },
      '.cm-activeLine': { background: 'var(--c-hover)' },
      '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { background: 'var(--c-selected) !important' },
      '.cm-tooltip': {
        background: 'var(--c-panel)',
        color: 'var(--c-text)',
        border: '1px solid var(--c-border)',
        borderRadius: '6px',
      },
    }),
    syntaxHighlighting(
      HighlightStyle.define([
        { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--c-link)', fontWeight: '500' },
        { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--c-link)' },
        { tag: [tags.string, tags.special(tags.string)], color: 'var(--c-success-text)' },
        { tag: [tags.number, tags.bool, tags.null], color: 'var(--c-warning-text)' },
        { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--c-text3)' },
        { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--c-text2)' },
      ]),
    ),
  ];
}
