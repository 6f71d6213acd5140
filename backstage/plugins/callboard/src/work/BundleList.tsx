import type { Bundle } from '../api/types';
import type { Selection } from '../keys/rows';
import { BundleRow } from './BundleRow';
import styles from './BundleRow.module.css';

/** Pieces of work in the order in which they should be done. */
export const BundleList = ({
  bundles,
  hrefOf,
  ...how
}: {
  bundles: readonly Bundle[];
  hrefOf?: (query: string) => string;
  withOwner?: boolean;
  brief?: boolean;
  selection?: Selection;
}) => (
  <ol className={styles.list} aria-label="What to do first">
    {bundles.map(each => (
      <BundleRow key={each.group} bundle={each} href={hrefOf?.(each.query)} {...how} />
    ))}
  </ol>
);
