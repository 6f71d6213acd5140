import { useSyncExternalStore } from 'react';

/** How long what stands on an open page is taken for true (milliseconds). */
export const FRESH_MS = 5 * 60_000;
const LOOK_MS = 30_000;

const listeners = new Set<() => void>();
let turn = 0;
let since = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** All of a page turn at once, so that what it asks is asked together. */
function look() {
  if (!document.hidden && Date.now() - since >= FRESH_MS) {
    since = Date.now();
    turn += 1;
    listeners.forEach(heard => heard());
  }
}

function listen(heard: () => void) {
  if (!listeners.size) {
    since = Date.now();
    timer = setInterval(look, LOOK_MS);
    document.addEventListener('visibilitychange', look);
  }
  listeners.add(heard);
  return () => {
    listeners.delete(heard);
    if (!listeners.size) {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    }
  };
}

/**
 * A number that grows every five minutes in which the page is looked at, and when somebody comes back to it after longer:
 * as the `revision` of what is asked it keeps numbers, and words such as "12 min ago", true on a page that stays open.
 */
export function useTurn(): number {
  return useSyncExternalStore(listen, () => turn);
}
