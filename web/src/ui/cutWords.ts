/** Words that are cut, by an ellipsis or after some lines, are told whole in a tooltip: one listener for every page. */

/** How far above the words their box may be. */
const MOST_UP = 3;
/** Marks the tooltips that were set here, so that they go when the words fit again. */
const OURS = 'data-cut';

export function showCutWords(): void {
  document.addEventListener('pointerover', ({ target }) => {
    let box = target instanceof HTMLElement ? target : null;
    for (let up = 0; box && up < MOST_UP; up++, box = box.parentElement) {
      if (!cuts(box)) continue;
      if (isCut(box)) tell(box);
      else if (box.hasAttribute(OURS)) forget(box);
      return;
    }
  });
}

function cuts(box: HTMLElement): boolean {
  const { textOverflow, webkitLineClamp } = getComputedStyle(box);
  return textOverflow === 'ellipsis' || webkitLineClamp !== 'none';
}

function isCut(box: HTMLElement): boolean {
  return box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1;
}

function tell(box: HTMLElement): void {
  const words = box.innerText.replace(/\s+/g, ' ').trim();
  if (!words || (!box.hasAttribute(OURS) && box.closest('[title]'))) return;
  box.title = words;
  box.setAttribute(OURS, '');
}

function forget(box: HTMLElement): void {
  box.removeAttribute('title');
  box.removeAttribute(OURS);
}
