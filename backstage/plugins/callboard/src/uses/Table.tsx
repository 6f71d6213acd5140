import { Text } from '@backstage/ui';
import type { ReactNode } from 'react';
import styles from './Table.module.css';

/** A table that becomes a list of labelled facts where there is no room for its columns. Drawn by CSS alone, so its parts say what they are. */
export const Table = ({ columns, label, children }: { columns: readonly string[]; label: string; children: ReactNode }) => (
  <div className={styles.frame}>
    <div role="table" aria-label={label} className={styles.table}>
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={styles.row}>
          {columns.map(each => (
            <div key={each} role="columnheader" className={styles.cell}>
              {each}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body}>
        {children}
      </div>
    </div>
  </div>
);

/** One row of cells. */
export const Row = ({ children }: { children: ReactNode }) => (
  <div role="row" className={styles.row}>
    {children}
  </div>
);

/** One cell, with a quiet line below. */
export const Cell = ({
  label,
  below,
  isHead = false,
  children,
}: {
  label?: string;
  below?: ReactNode;
  /** It names its row. */
  isHead?: boolean;
  children: ReactNode;
}) => {
  return (
    <div role={isHead ? 'rowheader' : 'cell'} data-label={label} className={isHead ? `${styles.cell} ${styles.name}` : styles.cell}>
      <div>
        {children}
        {below && (
          <Text as="p" variant="body-small" color="secondary" className={styles.below}>
            {below}
          </Text>
        )}
      </div>
    </div>
  );
};
