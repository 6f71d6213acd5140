import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { fromParameters, type ListState, listAddress, toParameters } from './address';

/** A list's state, kept in the page's address: a pasted link shows a colleague the same question. */
export function useList(usual: string): ListState & {
  set: (change: Partial<ListState>) => void;
  hrefOf: (query: string) => string;
  hrefOfFinding: (id: number) => string;
} {
  const [parameters, setParameters] = useSearchParams();
  const state = useMemo(() => fromParameters(parameters, usual), [parameters, usual]);
  const set = useCallback(
    (change: Partial<ListState>) => setParameters(toParameters({ ...state, ...change })),
    [state, setParameters],
  );
  const hrefOf = useCallback((query: string) => listAddress('', { query, view: 'findings' }), []);
  const hrefOfFinding = useCallback((id: number) => listAddress('', { ...state, finding: id }), [state]);
  return { ...state, set, hrefOf, hrefOfFinding };
}
