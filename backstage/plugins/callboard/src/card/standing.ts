import type { ComponentPage, ComponentRow } from '../api/types';
import { neverRead } from '../parts/sources';

/**
 * How a component stands. Only `clean` is a zero.
 *
 * `counted`: the reader is told how many, and not which. `apart`: what is open comes and goes, so that none of it is work.
 * `dangling`: it is annotated, and what it names is at no source.
 */
export type Standing = 'counted' | 'findings' | 'apart' | 'not-mapped' | 'not-read' | 'dangling' | 'clean';

/** Whether a component's numbers are numbers, and can be fresh or stale. */
export function isKnown(standing: Standing): boolean {
  return standing !== 'not-mapped' && standing !== 'dangling' && standing !== 'not-read';
}

/** Why the zeros of a row would mean nothing; `undefined` where its figures are figures. */
export function unknownWord(row: ComponentRow): 'not mapped' | 'not read yet' | undefined {
  if (row.open.total > 0) {
    return undefined;
  }
  if (row.mapping === 'none') {
    return 'not mapped';
  }
  return row.checked_at === null ? 'not read yet' : undefined;
}

export function standingOf(page: ComponentPage): Standing {
  const { component, annotations, bundles, sources } = page;
  if (!component.listed) {
    return 'counted';
  }
  if (component.open.total > 0) {
    return bundles.length > 0 ? 'findings' : 'apart';
  }
  if (component.mapping === 'none') {
    return annotations.some(each => each.dangling) ? 'dangling' : 'not-mapped';
  }
  if (neverRead(sources)) {
    return 'not-read';
  }
  return annotations.length > 0 && annotations.every(each => each.dangling) ? 'dangling' : 'clean';
}
