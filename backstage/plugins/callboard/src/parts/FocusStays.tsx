import { type ReactNode, useRef } from 'react';
import { useFocusStays } from './useFocusStays';

/** A part of a page in which the next key is heard where the last one was, whatever went away under the focus. */
export const FocusStays = ({ children }: { children: ReactNode }) => {
  const frame = useRef<HTMLDivElement>(null);
  useFocusStays(frame);
  return <div ref={frame}>{children}</div>;
};
