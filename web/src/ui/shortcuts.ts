/**
 * The one catalogue of keyboard shortcuts: it both acts and explains itself (the “?” sheet).
 *
 * Keys: `mod` is ⌘ on Macs and Ctrl elsewhere; `g o` is g, then o. Labels are `namespace:key`.
 */
import { useEffect, useRef } from 'react';

export const SHORTCUTS = {
  palette: { keys: 'mod+k', group: 'everywhere', label: 'shell:keys.palette' },
  search: { keys: '/', group: 'everywhere', label: 'shell:keys.palette' },
  help: { keys: '?', group: 'everywhere', label: 'shell:keys.help' },
  sider: { keys: '[', group: 'everywhere', label: 'shell:keys.sider' },
  theme: { keys: 'shift+d', group: 'everywhere', label: 'shell:keys.theme' },
  overview: { keys: 'g o', group: 'go', label: 'shell:nav.overview' },
  cockpit: { keys: 'g c', group: 'go', label: 'shell:nav.cockpit' },
  catalogue: { keys: 'g d', group: 'go', label: 'shell:nav.catalogue' },
  sources: { keys: 'g s', group: 'go', label: 'shell:nav.sources' },
  metrics: { keys: 'g m', group: 'go', label: 'shell:nav.metrics' },
  dashboards: { keys: 'g b', group: 'go', label: 'shell:nav.dashboards' },
  explore: { keys: 'g e', group: 'go', label: 'shell:nav.explore' },
  ask: { keys: 'g a', group: 'go', label: 'shell:nav.ask' },
  alerts: { keys: 'g w', group: 'go', label: 'shell:nav.alerts' },
  workorders: { keys: 'g t', group: 'go', label: 'shell:nav.workorders' },
  bulk: { keys: 'b', group: 'everywhere', label: 'shell:keys.bulk' },
  fullScreen: { keys: 'f', group: 'everywhere', label: 'shell:keys.fullScreen' },
  undo: { keys: 'mod+z', group: 'editing', label: 'shell:keys.undo' },
  redo: { keys: 'mod+shift+z', group: 'editing', label: 'shell:keys.redo' },
  save: { keys: 'mod+s', group: 'editing', label: 'shell:keys.save' },
} as const satisfies Record<string, { keys: string; group: string; label: string }>;

export type ShortcutId = keyof typeof SHORTCUTS;

/** Order of the groups on the sheet; each has a text `shell:keys.groups.<group>`. */
export const GROUPS = ['everywhere', 'go', 'editing'] as const;

/** Time between the keys of a sequence, ms. */
const SEQUENCE_MS = 1_200;
const OFF_KEY = 'cityloop.plainKeysOff';

const bound = new Map<ShortcutId, (() => void)[]>();
let typed = '';
let typedAt = 0;

/** Does `act` for the shortcut while the component is there; the newest wins. Undefined leaves it to others. */
export function useShortcut(id: ShortcutId, act: (() => void) | undefined): void {
  const latest = useRef(act);
  latest.current = act;
  const isOn = act !== undefined;
  useEffect(() => {
    if (!isOn) return undefined;
    const call = () => latest.current?.();
    bound.set(id, [...(bound.get(id) ?? []), call]);
    return () => {
      bound.set(
        id,
        (bound.get(id) ?? []).filter((each) => each !== call),
      );
    };
  }, [id, isOn]);
}

/** Whether anything here acts on the shortcut now. */
export function isBound(id: ShortcutId): boolean {
  return (bound.get(id) ?? []).length > 0;
}

/** Shortcuts of plain letters disturb speech input: they can be switched off (WCAG 2.1.4). */
export function arePlainKeysOff(): boolean {
  return localStorage.getItem(OFF_KEY) === 'yes';
}
export function setPlainKeysOff(off: boolean): void {
  localStorage.setItem(OFF_KEY, off ? 'yes' : 'no');
}

/** Listens to the keyboard; call once. */
export function startShortcuts(): () => void {
  const listen = (event: KeyboardEvent) => dispatch(event);
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}

function dispatch(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const key = strokeOf(event);
  const isPlain = !key.startsWith('mod+');
  if (isPlain && (arePlainKeysOff() || isTyping(event.target) || document.querySelector('dialog[open]'))) return;
  if (key === 'mod+z' && isTyping(event.target)) return; // undoes text, not the layout
  typed = event.timeStamp - typedAt < SEQUENCE_MS && typed ? `${typed} ${key}` : key;
  typedAt = event.timeStamp;
  if (run(typed) || (typed !== key && run(key))) {
    typed = '';
    event.preventDefault();
  } else if (!isStart(typed)) typed = isStart(key) ? key : '';
}

function run(keys: string): boolean {
  for (const [id, acts] of bound) {
    const act = acts.at(-1);
    if (act && SHORTCUTS[id].keys === keys) {
      act();
      return true;
    }
  }
  return false;
}

function isStart(keys: string): boolean {
  return Object.values(SHORTCUTS).some((shortcut) => shortcut.keys.startsWith(`${keys} `));
}

export function strokeOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): string {
  const key = event.key.toLowerCase();
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  const shift = event.shiftKey && (mod !== '' || /^[a-z]$/.test(key)) ? 'shift+' : '';
  return mod + shift + key;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && ['checkbox', 'radio'].includes(target.type)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
