import type { ReactNode } from 'react';
import type { Bundle } from '../api/types';
import { useSeen } from '../seen/useSeen';
import { BundleRow } from './BundleRow';
import styles from './BundleRow.module.css';

/** Pieces of work in the order in which they should be done. */
export const BundleList = ({
  bundles,
  hrefOf,
  actsOf,
  ...how
}: {
  bundles: readonly Bundle[];
  hrefOf?: (query: string) => string;
  withOwner?: boolean;
  brief?: boolean;
  /** What can be done about each: handed in, so that a card does not load it. */
  actsOf?: (bundle: Bundle) => ReactNode;
}) => {
  // A row counts for the finding that it names and leads to.
  const list = useSeen<HTMLOListElement>(new Map(bundles.map(each => [each.query, each.example_id])));
  return (
    <ol ref={list} className={styles.list} aria-label="What to do first">
      {bundles.map(each => (
        <BundleRow key={each.group} bundle={each} href={hrefOf?.(each.query)} acts={actsOf?.(each)} {...how} />
      ))}
    </ol>
  );
};
