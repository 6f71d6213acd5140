import { type RefObject, useEffect } from 'react';

/**
 * When what had the focus goes away and nothing else has taken it, the nearest part around it gets it:
 * the next key is heard where the last one was, and Tab goes on from there.
 */
export function useFocusStays(frame: RefObject<HTMLElement>): void {
  useEffect(() => {
    const here = frame.current;
    if (!here) {
      return undefined;
    }
    let around: HTMLElement[] = [];
    const note = ({ target }: FocusEvent) => {
      around = [];
      for (let at = target as HTMLElement | null; at && at !== here; at = at.parentElement) {
        around.push(at);
      }
      around.push(here);
    };
    const mend = () => {
      if (around.length === 0 || around[0].isConnected || (document.activeElement && document.activeElement !== document.body)) {
        return;
      }
      const nearest = around.find(each => each.isConnected);
      if (nearest) {
        if (!nearest.hasAttribute('tabindex')) {
          nearest.tabIndex = -1;
          nearest.style.outline = 'none'; // it is a place to go on from, and nothing to press
        }
        nearest.focus({ preventScroll: true });
      }
    };
    const watcher = new MutationObserver(mend);
    here.addEventListener('focusin', note);
    watcher.observe(here, { childList: true, subtree: true });
    return () => {
      here.removeEventListener('focusin', note);
      watcher.disconnect();
    };
  }, [frame]);
}
