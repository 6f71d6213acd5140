import { useState } from 'react';
import { useAnswer } from '../api/useAnswer';
import type { CallboardError } from '../api/errors';

/** Rows in one answer at most; the service gives no more. */
const MOST = 200;

/** A list as far as it was read. */
export interface Pages<P, R> {
  /** Why the last part of it is not there. */
  error?: CallboardError;
  again: () => void;
  rows: readonly R[];
  /** The last answer; `undefined`: there was none yet. */
  page?: P;
  /** False: it is being read anew. */
  isCurrent: boolean;
  more?: () => void;
  isMore: boolean;
}

/**
 * A list that is read page by page: what has come so far, and how to get more. Another question is another list: give it
 * a key. With another `revision` as much as there is is read anew, in one answer, and what was there stands until then.
 */
export function usePages<P extends { next_cursor: string | null }, R>(
  ask: (part: { cursor?: string; limit: number }) => Promise<P>,
  rowsOf: (page: P) => readonly R[],
  { limit, revision = 0 }: { limit: number; revision?: number },
): Pages<P, R> {
  const [part, setPart] = useState<{
    revision: number;
    cursor?: string;
    limit: number;
    /** What stands before this part, and what stands here until it is there. */
    before: readonly R[];
    former?: { rows: readonly R[]; page?: P };
  }>({ revision, limit, before: [] });
  const answer = useAnswer(part.cursor ?? '', () => ask({ cursor: part.cursor, limit: part.limit }), { revision: part.revision });
  const found = answer.state === 'answered' && answer.isCurrent ? answer.value : undefined;
  const rows = found ? [...part.before, ...rowsOf(found)] : part.former?.rows ?? part.before;
  const page = found ?? part.former?.page;
  if (part.revision !== revision) {
    setPart({ revision, limit: Math.min(MOST, Math.max(limit, rows.length)), before: [], former: { rows, page } });
  }
  const next = found?.next_cursor ?? undefined;
  return {
    error: answer.state === 'failed' ? answer.error : undefined,
    again: answer.again,
    rows,
    page,
    isCurrent: found !== undefined && part.revision === revision,
    isMore: answer.state === 'loading' && part.cursor !== undefined,
    more: next ? () => setPart({ revision, cursor: next, limit, before: rows, former: { rows, page } }) : undefined,
  };
}
