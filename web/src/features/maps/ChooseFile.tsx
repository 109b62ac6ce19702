/** A field for one file: click it, reach it by keyboard, or drop the file on it. */
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './maps.module.css';

interface ChooseFileProps {
  chosen: string | undefined;
  onChoose: (file: File | undefined) => void;
}

export function ChooseFile({ chosen, onChoose }: ChooseFileProps) {
  const { t } = useTranslation('maps');
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    setOver(is);
  };
  return (
    <label
      className={css.drop}
      data-over={isOver}
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={(event) => {
        over(event, false);
        onChoose(event.dataTransfer.files[0]);
      }}
    >
      <input
        type="file"
        accept=".geojson,.json,.zip"
        aria-label={t('new.choose')}
        onChange={(event) => onChoose(event.target.files?.[0])}
      />
      <b>{chosen ?? t('new.drop')}</b>
      <span>{chosen ? t('new.another') : t('new.formats')}</span>
    </label>
  );
}
