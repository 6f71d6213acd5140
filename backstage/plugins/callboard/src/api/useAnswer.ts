import { useCallback, useEffect, useState } from 'react';
import { type CallboardError, failureFrom } from './errors';

/** What a part of a page knows: nothing yet, an answer, or why there is none. */
export type Answer<T> =
  | { state: 'loading' }
  | { state: 'answered'; value: T }
  | { state: 'failed'; error: CallboardError };

const LOADING = { state: 'loading' } as const;

interface Known<T> {
  key: string;
  round: number;
  revision: number;
  answer: Answer<T>;
}

/**
 * Ask once for each `key`, and again on request. What a former key asked is forgotten at once, and its signal ends.
 * While `isHeld`, nothing is asked that is not known. With another `revision` it is asked anew, and the former answer
 * stands until the next is there: then `isCurrent`.
 */
export function useAnswer<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  { isHeld = false, revision = 0 }: { isHeld?: boolean; revision?: number } = {},
): Answer<T> & { again: () => void; isCurrent: boolean } {
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<Known<T>>({ key, round, revision, answer: LOADING });
  const isOfThis = known.key === key && known.round === round;
  const isCurrent = isOfThis && known.revision === revision;
  const isKnown = isCurrent && known.answer.state !== 'loading';
  useEffect(() => {
    if (isHeld || isKnown) {
      return undefined;
    }
    const end = new AbortController();
    const know = (answer: Answer<T>) => end.signal.aborted || setKnown({ key, round, revision, answer });
    ask(end.signal).then(
      value => know({ state: 'answered', value }),
      (error: unknown) => know({ state: 'failed', error: failureFrom(error) }),
    );
    return () => end.abort();
    // `ask` is made anew with each drawing; `key` says when it means something else.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, round, revision, isHeld]);
  const again = useCallback(() => setRound(n => n + 1), []);
  return { ...(isOfThis ? known.answer : LOADING), again, isCurrent };
}
