/** The guided tour: seven steps along the loop, each beside the real page. It blocks nothing and may be left at any time. */
import { CloseOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCity } from '../api/session';
import { PlainButton } from '../ui/PlainButton';
import { changeTour, STEPS, useTour } from '../ui/tour';
import css from './tour.module.css';

export function TourPanel() {
  const { t } = useTranslation('tour');
  const { step } = useTour();
  const { is_demo } = useCity();
  const navigate = useNavigate();
  const next = useRef<HTMLDivElement>(null);
  const stop = STEPS[step] ?? STEPS[0];
  const to = is_demo && 'demo' in stop ? stop.demo : stop.to;
  useEffect(() => {
    void navigate({ href: to });
  }, [navigate, to]);
  useEffect(() => {
    const before = document.activeElement;
    const button = next.current?.querySelector('button:last-child');
    if (button instanceof HTMLElement) button.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const isLast = step === STEPS.length - 1;
  const close = () => changeTour({ isOpen: false, isKnown: true });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
  };
  return (
    <section className={css.panel} aria-label={t('label')} onKeyDown={onKeyDown} data-keeps-focus data-noprint>
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
      <div className={css.buttons} ref={next}>
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
