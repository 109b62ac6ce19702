/** Where the guided tour begins: an invitation for newcomers, and a button for whoever wants it (again). */
import { useTranslation } from 'react-i18next';
import { PlainButton } from './PlainButton';
import { changeTour, useTour } from './tour';
import css from './tour.module.css';

export function TourInvitation() {
  const { t } = useTranslation('tour');
  const { isOpen, isKnown } = useTour();
  if (isOpen || isKnown) return null;
  return (
    <section className={css.invitation} aria-labelledby="tour-new">
      <div>
        <h2 id="tour-new">{t('newTitle')}</h2>
        <p>{t('newText')}</p>
      </div>
      <div className={css.buttons}>
        <PlainButton onClick={() => changeTour({ isKnown: true })}>{t('later')}</PlainButton>
        <TourButton primary />
      </div>
    </section>
  );
}

/** Starts the tour, or goes on where it was left. */
export function TourButton({ primary, onStart }: { primary?: boolean; onStart?: () => void }) {
  const { t } = useTranslation('tour');
  const { step, isKnown } = useTour();
  const words = step > 0 ? t('resume', { step: step + 1 }) : t(isKnown ? 'again' : 'start');
  const start = () => {
    changeTour({ isOpen: true });
    onStart?.();
  };
  return (
    <PlainButton primary={primary ?? false} onClick={start}>
      {words}
    </PlainButton>
  );
}
