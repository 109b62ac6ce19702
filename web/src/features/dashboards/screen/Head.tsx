/** Head of a screen: connection and age of the data, title, the city's clock, other screens, full screen, exit. */
import { CloseOutlined, FullscreenExitOutlined, FullscreenOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnection } from '../../../api/live';
import { useLang, useSay } from '../../../i18n/texts';
import { DemoTool } from '../../../shell/DemoTool';
import { useFormat } from '../../../ui/useFormat';
import type { Summary } from '../queries';
import css from './screen.module.css';

interface HeadProps {
  /** Of the screen. */
  name: string;
  screens: readonly Summary[];
  isFull: boolean;
  onFull: () => void;
  onScreen: (name: string) => void;
}

export function Head({ name, screens, isFull, onFull, onScreen }: HeadProps) {
  const { t } = useTranslation('cockpit');
  const say = useSay();
  const shown = screens.find((each) => each.name === name);
  const full = t(isFull ? 'leaveFullScreen' : 'fullScreen');
  return (
    <header className={css.head}>
      <Connection />
      <h1>{say(shown?.title, name)}</h1>
      <div className={css.headEnd}>
        <DemoTool isBrief />
        <Clock />
        {screens.length > 1 && (
          <select aria-label={t('choose')} value={name} onChange={(event) => onScreen(event.target.value)}>
            {screens.map((each) => (
              <option key={each.name} value={each.name}>
                {say(each.title, each.name)}
              </option>
            ))}
          </select>
        )}
        <button type="button" onClick={onFull} aria-label={full} title={`${full} (F)`} aria-keyshortcuts="F">
          {isFull ? <FullscreenExitOutlined aria-hidden="true" /> : <FullscreenOutlined aria-hidden="true" />}
        </button>
        <Link to="/" aria-label={t('exit')} title={t('exit')}>
          <CloseOutlined aria-hidden="true" />
        </Link>
      </div>
    </header>
  );
}

function Connection() {
  const { t } = useTranslation('cockpit');
  const connection = useConnection();
  return (
    <p className={css.connection} role="status" data-state={connection}>
      <span className={css.dot} aria-hidden="true" />
      {t(`connection.${connection}`)}
    </p>
  );
}

/** The city's time, each second; not announced. */
function Clock() {
  const lang = useLang();
  const { now, zone } = useFormat();
  const [at, setAt] = useState(now);
  useEffect(() => {
    setAt(now());
    const timer = window.setInterval(() => setAt(now()), 1_000);
    return () => window.clearInterval(timer);
  }, [now]);
  const locale = lang === 'zh' ? 'zh-CN' : 'en-GB';
  const day = at.toLocaleDateString(locale, { timeZone: zone, dateStyle: 'medium' });
  const weekday = at.toLocaleDateString(locale, { timeZone: zone, weekday: 'short' });
  const time = at.toLocaleTimeString('en-GB', { timeZone: zone });
  return (
    <time className={css.clock} dateTime={at.toISOString()}>
      {day} {weekday} <b>{time}</b>
    </time>
  );
}
