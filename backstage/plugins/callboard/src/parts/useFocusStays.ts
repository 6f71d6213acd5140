import { type RefObject, useEffect } from 'react';

/** Parts of the page that keep the focus; the innermost that is left of those around it does. */
const frames = new WeakSet<HTMLElement>();

/** Whether keys are not heard there any more: it has left the page, or cannot be pressed now. */
const isGone = (each: HTMLElement) => !each.isConnected || each.matches(':disabled');

/**
 * When what had the focus goes away or is switched off and nothing else has taken it, the nearest part around it gets
 * it: the next key is heard where the last one was, and Tab goes on from there.
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
      const [last] = around;
      const now = document.activeElement;
      // A browser leaves the focus for a moment on what was switched off.
      if (!last || !isGone(last) || (now && now !== document.body && now !== last)) {
        return;
      }
      if (around.find(each => each.isConnected && frames.has(each)) !== here) {
        return;
      }
      const nearest = around.find(each => !isGone(each));
      if (nearest) {
        if (!nearest.hasAttribute('tabindex')) {
          nearest.tabIndex = -1;
          nearest.style.outline = 'none'; // it is a place to go on from, and nothing to press
        }
        nearest.focus({ preventScroll: true });
      }
    };
    const watcher = new MutationObserver(mend);
    frames.add(here);
    here.addEventListener('focusin', note);
    watcher.observe(here, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    return () => {
      frames.delete(here);
      here.removeEventListener('focusin', note);
      watcher.disconnect();
    };
  }, [frame]);
}
