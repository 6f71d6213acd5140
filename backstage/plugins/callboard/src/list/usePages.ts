import { useState } from 'react';
import { type Answer, useAnswer } from '../api/useAnswer';

/** A list that is read page by page: what has come so far, and how to get more. Another question is another list: give it a key. */
export function usePages<P extends { next_cursor: string | null }, R>(
  ask: (cursor?: string) => Promise<P>,
  rowsOf: (page: P) => readonly R[],
): { answer: Answer<P> & { again: () => void }; rows: readonly R[]; more?: () => void; isMore: boolean } {
  const [before, setBefore] = useState<{ rows: readonly R[]; cursor?: string }>({ rows: [] });
  const { cursor } = before;
  const answer = useAnswer(cursor ?? '', () => ask(cursor));
  const page = answer.state === 'answered' ? answer.value : undefined;
  const rows = page ? [...before.rows, ...rowsOf(page)] : before.rows;
  const next = page?.next_cursor ?? undefined;
  return {
    answer,
    rows,
    isMore: answer.state === 'loading' && cursor !== undefined,
    more: next ? () => setBefore({ rows, cursor: next }) : undefined,
  };
}
