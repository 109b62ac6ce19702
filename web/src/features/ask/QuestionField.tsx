/** The one field; questions that can be asked appear below while typing. */
import { ArrowRightOutlined, SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFocusKept } from '../../ui/Page';
import css from './ask.module.css';
import { suggestionsQuery } from './queries';

const MOST_CHARACTERS = 2_000;

export function QuestionField({ question, onAsk }: { question: string; onAsk: (question: string) => void }) {
  const { t } = useTranslation('ask');
  const [text, setText] = useState(question);
  const [at, setAt] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const wanted = useDeferredValue(text.trim());
  const isTyped = wanted !== '' && wanted !== question;
  const { data } = useQuery({
    ...suggestionsQuery(wanted, /[\u4e00-\u9fff]/.test(wanted) ? 'zh' : 'en'),
    enabled: isTyped && isOpen,
  });
  const offered = isTyped && isOpen ? (data?.questions ?? []).filter((each) => each !== wanted) : [];
  const ask = (chosen: string) => {
    setOpen(false);
    onAsk(chosen);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && offered.length > 0) setAt(((at + 1 + step + offered.length + 1) % (offered.length + 1)) - 1);
    else if (event.key === 'Enter') ask(offered[at] ?? text);
    else if (event.key === 'Escape' && isOpen) setOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <div className={css.field} data-open={offered.length > 0}>
      <SearchOutlined aria-hidden="true" className={css.fieldSign} />
      <input
        ref={field}
        // biome-ignore lint/a11y/noAutofocus: the page is this field
        autoFocus={question === '' && !isFocusKept()}
        role="combobox"
        aria-label={t('field')}
        aria-expanded={offered.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        placeholder={t('placeholder')}
        maxLength={MOST_CHARACTERS}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(-1);
          setOpen(true);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <Button
        type="primary"
        size="large"
        icon={<ArrowRightOutlined aria-hidden="true" />}
        disabled={text.trim() === ''}
        onClick={() => ask(text)}
      >
        {t('ask')}
      </Button>
      <div className={css.offered} id={`${id}-list`} role="listbox" aria-label={t('suggestions')}>
        {offered.map((each, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={each}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => ask(each)}
          >
            {each}
          </div>
        ))}
      </div>
    </div>
  );
}
