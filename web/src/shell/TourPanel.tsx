/** The guided tour: seven steps along the loop, each beside the real page. It blocks nothing and may be left at any time. */
import { CloseOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCity, useSeesOrders } from '../api/session';
import { isFocusKept } from '../ui/Page';
import { PlainButton } from '../ui/PlainButton';
import { changeTour, STEPS, useTour } from '../ui/tour';
import css from './tour.module.css';

/** What closes by Escape itself, and lies above the tour. */
const ABOVE = 'dialog[open], :popover-open, [role="dialog"], [role="menu"], [role="combobox"][aria-expanded="true"]';

export function TourPanel() {
  const { t } = useTranslation('tour');
  const { step } = useTour();
  const { is_demo } = useCity();
  const seesOrders = useSeesOrders();
  const navigate = useNavigate();
  const buttons = useRef<HTMLDivElement>(null);
  const stop = STEPS[step] ?? STEPS[0];
  const open = is_demo && 'demo' in stop ? stop.demo : stop.to;
  const to = 'closed' in stop && !seesOrders ? stop.closed : open;
  useEffect(() => {
    void navigate({ href: to });
  }, [navigate, to]);
  useFocus(buttons, step);
  useEscape(close);
  const isLast = step === STEPS.length - 1;
  return (
    <section className={css.panel} aria-label={t('label')} data-keeps-focus data-noprint>
      <header className={css.head}>
        <p>
          {t('label')} · {t('at', { step: step + 1, count: STEPS.length })}
        </p>
        <button type="button" onClick={close} aria-label={t('close')} title={t('close')}>
          <CloseOutlined aria-hidden="true" />
        </button>
      </header>
      <ol className={css.track} aria-hidden="true">
        {STEPS.map(({ key }, index) => (
          <li key={key} data-done={index <= step} />
        ))}
      </ol>
      <div aria-live="polite" aria-atomic="true">
        <h2>{t(`steps.${stop.key}.title`)}</h2>
        <p className={css.text}>{t(`steps.${stop.key}.text`)}</p>
      </div>
      <div className={css.buttons} ref={buttons}>
        {step > 0 && <PlainButton onClick={() => changeTour({ step: step - 1 })}>{t('back')}</PlainButton>}
        <PlainButton
          primary
          onClick={() => changeTour(isLast ? { step: 0, isOpen: false, isKnown: true } : { step: step + 1 })}
        >
          {t(isLast ? 'finish' : 'next')}
        </PlainButton>
      </div>
    </section>
  );
}

function close(): void {
  changeTour({ isOpen: false, isKnown: true });
}

/** The focus is on “next” from the first step on; when the tour ends it goes back, or to the page's heading. */
function useFocus(buttons: RefObject<HTMLElement | null>, step: number): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      const goal = before !== document.body && before?.isConnected ? before : document.querySelector('main h1');
      if (goal instanceof HTMLElement) goal.focus({ preventScroll: true });
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step may take away the button that had the focus
  useEffect(() => {
    const next = buttons.current?.querySelector('button:last-child');
    if (next instanceof HTMLElement && !isFocusKept()) next.focus();
  }, [step]);
}

/** Escape ends the tour wherever the focus is, unless it closes what lies above or a field uses it. */
function useEscape(act: () => void): void {
  useEffect(() => {
    let isTaken = false;
    // Looked at before anybody acts on the key: afterwards, what it closed is gone.
    const look = () => {
      isTaken = [...document.querySelectorAll(ABOVE)].some((each) => each.checkVisibility());
    };
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !isTaken && !event.defaultPrevented && !event.isComposing) act();
    };
    window.addEventListener('keydown', look, { capture: true });
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', look, { capture: true });
      window.removeEventListener('keydown', listen);
    };
  }, [act]);
}
