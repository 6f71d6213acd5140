import { useCallback, useEffect, useState } from 'react';
import { CallboardError } from './errors';

/** What a part of a page knows: nothing yet, an answer, or why there is none. */
export type Answer<T> =
  | { state: 'loading' }
  | { state: 'answered'; value: T }
  | { state: 'failed'; error: CallboardError };

const LOADING = { state: 'loading' } as const;

/**
 * Ask once for each `key`, and again on request. What a former key asked is forgotten at once, and its signal ends.
 * While `isHeld`, nothing is asked that is not known.
 */
export function useAnswer<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  { isHeld = false }: { isHeld?: boolean } = {},
): Answer<T> & { again: () => void } {
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<{ key: string; round: number; answer: Answer<T> }>({ key, round, answer: LOADING });
  const isKnown = known.key === key && known.round === round && known.answer.state !== 'loading';
  useEffect(() => {
    if (isHeld || isKnown) {
      return undefined;
    }
    const end = new AbortController();
    const know = (answer: Answer<T>) => end.signal.aborted || setKnown({ key, round, answer });
    ask(end.signal).then(
      value => know({ state: 'answered', value }),
      (error: unknown) => know({ state: 'failed', error: told(error) }),
    );
    return () => end.abort();
    // `ask` is made anew with each drawing; `key` says when it means something else.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, round, isHeld]);
  const again = useCallback(() => setRound(n => n + 1), []);
  const answer = known.key === key && known.round === round ? known.answer : LOADING;
  return { ...answer, again };
}

function told(error: unknown): CallboardError {
  return error instanceof CallboardError
    ? error
    : new CallboardError('broken', error instanceof Error ? error.message : String(error));
}
