import { useApi } from '@backstage/core-plugin-api';
import { type RefObject, useEffect, useRef } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import { Watch } from './Watch';

/** For the element that holds a list: what of it was in sight is told. `findings` is which finding each row's key is about. */
export function useSeen<E extends HTMLElement>(findings: ReadonlyMap<string, number>): RefObject<E> {
  const api = useApi(callboardApiRef);
  const list = useRef<E>(null);
  const now = useRef(findings);
  now.current = findings;
  useEffect(() => {
    if (!list.current || typeof IntersectionObserver === 'undefined') {
      return undefined;
    }
    const watch = new Watch(list.current, () => now.current, ids => api.seen(ids));
    return () => watch.end();
  }, [api]);
  return list;
}
