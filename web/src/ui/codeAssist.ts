/** Completion and hover help of the editor, from whatever the page knows of the text. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { indentUnit } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap } from '@codemirror/view';
import type { Assist, Suggestion } from './CodeView';

const TYPES: Record<Suggestion['kind'], string> = { key: 'property', value: 'enum', name: 'variable' };

/** What can be part of what is being typed; the list stays open meanwhile. */
const WORD = /^[\p{L}\p{N}_$.*-]*$/u;

export function assistance(known: () => Assist | undefined): Extension {
  return [
    indentUnit.of('  '),
    closeBrackets(),
    autocompletion({
      override: [(context) => found(context, known())],
      activateOnCompletion: (completion) => completion.apply !== undefined,
      icons: false,
    }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap]),
    hoverTooltip((view, at) => {
      const help = known()?.explain(view.state.doc.toString(), at);
      if (!help) return null;
      return { pos: help.from, end: help.to, above: true, create: () => ({ dom: card(help.title, help.lines) }) };
    }),
    style,
  ];
}

function found(context: CompletionContext, assist: Assist | undefined) {
  const all = assist?.complete(context.state.doc.toString(), context.pos);
  if (!all || all.suggestions.length === 0) return null;
  // Unasked only while a word is typed or where a value begins; never on a fresh line, where Enter must stay Enter.
  const before = context.state.sliceDoc(Math.max(0, context.pos - 2), context.pos);
  if (!context.explicit && all.from === context.pos && !/(: |- |, |[[{])$/.test(before)) return null;
  return { from: all.from, options: all.suggestions.map(option), validFor: WORD };
}

function option({ label, insert, kind, detail, info, boost }: Suggestion): Completion {
  return {
    label,
    type: TYPES[kind],
    ...(detail ? { detail } : {}),
    ...(info ? { info } : {}),
    ...(boost === undefined ? {} : { boost }),
    ...(insert === undefined
      ? {}
      : {
          apply: (view: EditorView, _: Completion, from: number, to: number) => {
            view.dispatch({
              changes: { from, to, insert },
              selection: { anchor: from + insert.length },
              userEvent: 'input.complete',
            });
            startCompletion(view);
          },
        }),
  };
}

function card(title: string, lines: readonly string[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cm-help';
  const head = document.createElement('strong');
  head.textContent = title;
  box.append(head);
  for (const line of lines) {
    const words = document.createElement('p');
    words.textContent = line;
    box.append(words);
  }
  return box;
}

const style = EditorView.theme({
  '.cm-help': { padding: '6px 10px', maxWidth: '420px', fontFamily: 'var(--font)', lineHeight: '1.5' },
  '.cm-help p': { color: 'var(--c-text2)', fontSize: '13px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--c-selected)', color: 'var(--c-text)' },
  '.cm-completionDetail': { fontStyle: 'normal', fontFamily: 'var(--font)', color: 'var(--c-text2)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--c-link)' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', fontFamily: 'var(--font)', fontSize: '13px' },
  '.cm-diagnostic': { fontFamily: 'var(--font)', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--c-error)' },
});
