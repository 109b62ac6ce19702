/** Questions of this session, newest first; kept until the window is closed. */
import { useSyncExternalStore } from 'react';

const KEY = 'cityloop.questions';
const MOST = 20;

const watchers = new Set<() => void>();
let said: readonly string[] | undefined;

function all(): readonly string[] {
  if (said) return said;
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    said = Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  } catch {
    said = [];
  }
  return said;
}

export function remember(question: string): void {
  put([question, ...all().filter((each) => each !== question)].slice(0, MOST));
}

export function forgetAll(): void {
  put([]);
}

export function useHistory(): readonly string[] {
  return useSyncExternalStore((notify) => {
    watchers.add(notify);
    return () => watchers.delete(notify);
  }, all);
}

function put(questions: readonly string[]): void {
  said = questions;
  sessionStorage.setItem(KEY, JSON.stringify(questions));
  for (const notify of watchers) notify();
}
