import { type RefObject, useEffect } from 'react';

/** When the row that had the focus goes away, the one that takes its place gets it: nobody begins at the top of the page again. */
export function useFocusKept(
  frame: RefObject<HTMLElement>,
  rows: () => Element[],
  target: (row: Element) => HTMLElement | null,
): void {
  useEffect(() => {
    const here = frame.current;
    if (!here) {
      return undefined;
    }
    let last: { row: Element; at: number } | undefined;
    const note = (event: FocusEvent) => {
      const all = rows();
      const at = all.findIndex(each => each.contains(event.target as Node));
      last = at < 0 ? undefined : { row: all[at], at };
    };
    const mend = () => {
      // A dialog that is open has the focus, and gives it back to a row that may be gone by then.
      if (last && !last.row.isConnected && (!document.activeElement || document.activeElement === document.body)) {
        const all = rows();
        const next = all[Math.min(last.at, all.length - 1)];
        if (next) {
          target(next)?.focus();
        }
      }
    };
    const watcher = new MutationObserver(mend);
    here.addEventListener('focusin', note);
    document.addEventListener('focusout', later);
    watcher.observe(here, { childList: true, subtree: true });
    return () => {
      here.removeEventListener('focusin', note);
      document.removeEventListener('focusout', later);
      watcher.disconnect();
    };

    function later() {
      setTimeout(mend);
    }
  }, [frame, rows, target]);
}
