/** How the demo city lives: its time and speed, what happens in it, and what a visitor makes happen. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import { PlainButton } from '../../ui/PlainButton';
import { useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import css from './demo.module.css';
import { changeDemo, type Demo, demoQuery, type Happening, makeHappen } from './queries';

type KindName = Happening['kind'];

export function DemoControl() {
  const { data: demo } = useQuery(demoQuery);
  if (!demo) return null;
  return (
    <div className={css.control}>
      <Pace demo={demo} />
      {demo.may_play && <Maker demo={demo} />}
      <Going happenings={demo.happenings} />
    </div>
  );
}

function Pace({ demo }: { demo: Demo }) {
  const { t } = useTranslation('demo');
  const { fullMoment } = useFormat();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: changeDemo,
    onSuccess: (fresh) => cache.setQueryData(demoQuery.queryKey, fresh),
    onError: useToldError(),
  });
  return (
    <section>
      <p className={css.mark}>{t('fictional')}</p>
      <p className={css.time}>
        {t('time')} <time dateTime={demo.now}>{fullMoment(demo.now)}</time>
      </p>
      {demo.trouble && (
        <p className={css.trouble} role="status">
          {t('trouble', { reason: demo.trouble })}
        </p>
      )}
      {demo.may_play ? (
        <div className={css.row}>
          <PlainButton onClick={() => change.mutate({ is_running: !demo.is_running })} busy={change.isPending}>
            {t(demo.is_running ? 'pause' : 'start')}
          </PlainButton>
          <label>
            {t('speed')}
            <select value={demo.speed} onChange={(event) => change.mutate({ speed: Number(event.target.value) })}>
              {[...new Set([...demo.speeds, demo.speed])].map((speed) => (
                <option key={speed} value={speed}>
                  {speed}×
                </option>
              ))}
            </select>
          </label>
          <label>
            <input
              type="checkbox"
              checked={demo.staff}
              onChange={(event) => change.mutate({ staff: event.target.checked })}
            />
            {t('staff')}
          </label>
        </div>
      ) : (
        <p className={css.hint}>{t('watchOnly')}</p>
      )}
    </section>
  );
}

function Maker({ demo }: { demo: Demo }) {
  const { t } = useTranslation('demo');
  const say = useSay();
  const cache = useQueryClient();
  const [district, setDistrict] = useState('');
  const make = useMutation({
    mutationFn: (kind: KindName) => makeHappen({ kind, ...(district ? { district } : {}) }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['demo'] }),
    onError: useToldError(),
  });
  return (
    <section aria-label={t('make')}>
      <h3>{t('make')}</h3>
      <label>
        {t('district')}
        <select value={district} onChange={(event) => setDistrict(event.target.value)}>
          <option value="">{t('anywhere')}</option>
          {demo.districts.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <div className={css.kinds}>
        {demo.kinds.map((each) => (
          <PlainButton key={each.kind} onClick={() => make.mutate(each.kind)} busy={make.isPending}>
            {say(each.title)}
          </PlainButton>
        ))}
      </div>
    </section>
  );
}

function Going({ happenings }: { happenings: readonly Happening[] }) {
  const { t } = useTranslation('demo');
  const say = useSay();
  const { moment } = useFormat();
  return (
    <section aria-label={t('happenings')}>
      <h3>{t('happenings')}</h3>
      {happenings.length === 0 && <p className={css.hint}>{t('nothing')}</p>}
      <ul className={css.list}>
        {happenings.slice(0, 5).map((each) => (
          <li key={each.id}>
            <span>
              {say(each.title)} · {each.place}
            </span>
            <small>
              {moment(each.started_at)} · {t(each.is_over ? 'over' : 'going')} ·{' '}
              <Link to="/alerts/$name" params={{ name: each.alert }}>
                {t('toAlert')}
              </Link>{' '}
              ·{' '}
              {each.order ? (
                <Link to="/workorders/$number" params={{ number: each.order }}>
                  {t('toOrder', { number: each.order })}
                </Link>
              ) : (
                t('noOrder')
              )}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
