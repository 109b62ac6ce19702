/** How a file is read and what its map is called. What CityLoop guessed stands there already. */
import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../../i18n/texts';
import css from './maps.module.css';
import type { Preview } from './preview';

type Coordinates = Preview['coordinates'];

export interface Wish {
  name: string;
  title_zh: string;
  title_en: string;
  coordinates: Coordinates;
  key: string;
  label_zh: string;
  label_en: string;
  dimension: string;
  note: string;
}

interface FormProps {
  found: Preview;
  fileName: string;
  isBusy: boolean;
  onCoordinates: (coordinates: Coordinates) => void;
  onPublish: (wish: Wish) => void;
}

const SYSTEMS = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const;

export function ImportForm({ found, fileName, isBusy, onCoordinates, onPublish }: FormProps) {
  const { t } = useTranslation('maps');
  const say = useSay();
  const id = useId();
  const stem = fileName.replace(/\.[^.]*$/, '');
  const [wish, setWish] = useState({
    name: stem.replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^[\d_]+/, ''),
    title_zh: stem,
    title_en: stem,
    key: found.key ?? '',
    label_zh: guess(found, 'zh'),
    label_en: guess(found, 'en'),
    dimension: found.dimension ?? '',
    note: '',
  });
  const set = (part: Partial<typeof wish>) => setWish((now) => ({ ...now, ...part }));
  const none = { value: '', label: t('new.none') };
  const all = found.properties.map(({ name }) => ({ value: name, label: name }));
  const keys = found.properties.filter(({ is_key }) => is_key).map(({ name }) => ({ value: name, label: name }));
  const dimensions = found.dimensions.map(({ name, title }) => ({ value: name, label: say(title, name) }));
  const isWhole = wish.name && wish.title_zh && wish.title_en && wish.key;
  const text = (name: 'name' | 'title_zh' | 'title_en' | 'note', words: string) => (
    <label htmlFor={`${id}-${name}`}>
      {words}
      <Input id={`${id}-${name}`} value={wish[name]} onChange={(event) => set({ [name]: event.target.value })} />
    </label>
  );
  const choice = (
    name: 'key' | 'dimension' | 'label_zh' | 'label_en',
    words: string,
    options: { value: string; label: string }[],
  ) => (
    <label htmlFor={`${id}-${name}`}>
      {words}
      <Select
        id={`${id}-${name}`}
        showSearch={{ optionFilterProp: 'label' }}
        value={wish[name]}
        options={options}
        onChange={(value: string) => set({ [name]: value })}
      />
    </label>
  );
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        onPublish({ ...wish, coordinates: found.coordinates });
      }}
    >
      {found.notices.length > 0 && (
        <ul className={css.notices} aria-label={t('new.notices')}>
          {found.notices.map(({ what, message }) => (
            <li key={`${what} ${message}`}>{message}</li>
          ))}
        </ul>
      )}
      <label htmlFor={`${id}-coordinates`}>
        {t('new.coordinates')}
        <Select<Coordinates>
          id={`${id}-coordinates`}
          value={found.coordinates}
          options={SYSTEMS.map((each) => ({ value: each, label: t(`new.systems.${each}`) }))}
          onChange={onCoordinates}
        />
      </label>
      <div className={css.pair}>
        {choice('key', t('new.key'), keys)}
        {choice('dimension', t('new.dimension'), [none, ...dimensions])}
      </div>
      <p className={css.hint}>{t('new.keyHint')}</p>
      <div className={css.pair}>
        {choice('label_zh', t('new.labelZh'), [none, ...all])}
        {choice('label_en', t('new.labelEn'), [none, ...all])}
      </div>
      {text('name', t('new.name'))}
      <p className={css.hint}>{t('new.nameHint')}</p>
      <div className={css.pair}>
        {text('title_zh', t('new.titleZh'))}
        {text('title_en', t('new.titleEn'))}
      </div>
      {text('note', t('new.note'))}
      <Button type="primary" htmlType="submit" disabled={!isWhole} loading={isBusy}>
        {t('new.publish')}
      </Button>
    </form>
  );
}

/** The property that is called as names of a language usually are. */
function guess({ properties, key }: Preview, lang: 'zh' | 'en'): string {
  const plain = lang === 'zh' && key !== 'name' ? ['name', '名称'] : [];
  const usual = [`${key ?? 'name'}_${lang}`, `name_${lang}`, `label_${lang}`, ...plain];
  return properties.find(({ name }) => usual.includes(name.toLowerCase()))?.name ?? '';
}
