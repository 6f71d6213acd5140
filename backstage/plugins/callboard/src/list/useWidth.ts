import { type RefObject, useEffect, useRef, useState } from 'react';

/** The width of the element that carries the reference, in CSS pixels; `undefined` while it is not known. */
export function useWidth<E extends HTMLElement>(): [RefObject<E>, number | undefined] {
  const element = useRef<E>(null);
  const [width, setWidth] = useState<number>();
  useEffect(() => {
    if (!element.current || typeof ResizeObserver === 'undefined') {
      return undefined;
    }
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, []);
  return [element, width];
}
