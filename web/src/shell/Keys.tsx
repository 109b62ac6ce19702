import css from './keys.module.css';

/** The keys of a shortcut as they stand on the keyboard: `mod+k` is ⌘ K or Ctrl K, `g o` is G, then O. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={css.keys}>
      {keys.split(/[ +]/).map((key) => (
        <kbd key={key}>{nameOf(key)}</kbd>
      ))}
    </span>
  );
}

function nameOf(key: string): string {
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return { mod: isMac ? '⌘' : 'Ctrl', shift: isMac ? '⇧' : 'Shift' }[key] ?? key.toUpperCase();
}
