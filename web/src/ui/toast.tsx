/** Short news of what was done, said to screen readers too: `const toast = useToast(); toast('Saved')`. */
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { ApiError } from '../api/errors';
import css from './toast.module.css';

export type Toast = (words: ReactNode, tone?: 'good' | 'bad' | 'info') => void;
const ToastContext = createContext<Toast>(() => undefined);

/** How long good news and bad news stay, ms. */
const STAYS_MS = { good: 3_500, info: 3_500, bad: 8_000 };

export function useToast(): Toast {
  return useContext(ToastContext);
}

/** For mutations: `onError: useToldError()`. */
export function useToldError(): (error: unknown) => void {
  const toast = useToast();
  return useCallback(
    (error) => {
      if (error instanceof ApiError) toast([error.message || error.code, error.hint].filter(Boolean).join(' '), 'bad');
      else toast(error instanceof Error ? error.message : String(error), 'bad');
    },
    [toast],
  );
}

interface Said {
  id: number;
  words: ReactNode;
  tone: 'good' | 'bad' | 'info';
}

let last = 0;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const toast = useCallback<Toast>((words, tone = 'good') => {
    last += 1;
    const id = last;
    setSaid((before) => [...before.slice(-3), { id, words, tone }]);
    window.setTimeout(() => setSaid((before) => before.filter((each) => each.id !== id)), STAYS_MS[tone]);
  }, []);
  return (
    <ToastContext.Provider value={toast}>
      {children}
      <div className={css.toasts} role="status" aria-live="polite">
        {said.map(({ id, words, tone }) => (
          <p key={id} className={`${css.toast} ${css[tone]}`}>
            {words}
          </p>
        ))}
      </div>
    </ToastContext.Provider>
  );
}
