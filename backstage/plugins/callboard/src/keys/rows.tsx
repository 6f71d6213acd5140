import { createContext, useContext, useEffect } from 'react';
import type { Bundle, Finding, Findings } from '../api/types';
import { useDeciding } from '../decide/useDeciding';
import { keyOf, type Target } from '../decide/target';

/** What keys have to know of a row. */
export interface Row {
  /** By which its element is known: `data-row`, or `data-key` in a table. */
  key: string;
  target: Target;
  finding?: Finding;
  bundle?: Bundle;
  /** The newest decision when it was read, and what may be said. */
  seen?: number;
  may?: readonly string[];
  components: readonly string[];
  owners: readonly string[];
  /** Of whose finding the owner is asked. */
  example: number;
}

/** Rows that are marked, to say something about all of them. */
export interface Selection {
  selected: ReadonlySet<string>;
  select: (keys: readonly string[]) => void;
  toggle: (key: string) => void;
}

/** Where a list tells its rows to whoever moves in it. */
export interface RowsPlace extends Selection {
  tell: (rows: readonly Row[]) => void;
}

export const RowsContext = createContext<RowsPlace | undefined>(undefined);

/** Tell which rows stand here. */
export function useRows(rows: readonly Row[]): void {
  const tell = useContext(RowsContext)?.tell;
  useEffect(() => tell?.(rows));
}

/** How rows are marked; `undefined` where nothing can be said about them. */
export function useSelection(): Selection | undefined {
  const place = useContext(RowsContext);
  const deciding = useDeciding();
  return deciding?.me && !deciding.why ? place : undefined;
}

/** A piece of work as a row. */
export function rowOfBundle(bundle: Bundle): Row {
  const target: Target = { kind: 'query', query: bundle.query, title: bundle.title };
  return { key: keyOf(target), target, bundle, components: bundle.components, owners: bundle.owners, example: bundle.example_id };
}

/** A finding as a row of a page. */
export function rowOfFinding(finding: Finding, page: Findings | undefined): Row {
  const target: Target = { kind: 'finding', id: finding.id, title: finding.title };
  return {
    key: keyOf(target),
    target,
    finding,
    seen: page?.seen,
    may: page?.may,
    components: finding.ownership.components,
    owners: [],
    example: finding.id,
  };
}
