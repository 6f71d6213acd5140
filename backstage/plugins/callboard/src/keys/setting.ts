/** Whether single letters are keys. The board's own pages keep the same word in the same place, for pages of their own. */
const NAME = 'callboard.keys';

/** What the reader wants; yes where nothing is known, as in a window that keeps nothing. */
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(NAME) !== 'off';
  } catch {
    return true;
  }
}

/** Keep what the reader wants. A window that keeps nothing forgets it. */
export function setKeys(on: boolean): void {
  try {
    localStorage.setItem(NAME, on ? 'on' : 'off');
  } catch {
    // A private window.
  }
}
