import { Link, Text } from '@backstage/ui';
import type { Numbers } from '../api/types';
import styles from './NumberLine.module.css';

/** The numbers that are decisions; each leads to exactly the findings that it counts. */
export const NumberLine = ({ numbers, hrefOf }: { numbers: Numbers; hrefOf?: (query: string) => string }) => (
  <dl className={styles.line}>
    <Figure words="open" n={numbers.open} query={numbers.queries.open} hrefOf={hrefOf} />
    <Figure words="overdue" n={numbers.overdue} query={numbers.queries.overdue} hrefOf={hrefOf} isLate />
    <Figure words="due in 7 days" n={numbers.due_soon} query={numbers.queries.due_soon} hrefOf={hrefOf} />
    {numbers.new !== null && (
      <Figure words="new since your last visit" n={numbers.new} query={numbers.queries.new} hrefOf={hrefOf} />
    )}
  </dl>
);

const Figure = ({
  words,
  n,
  query,
  hrefOf,
  isLate = false,
}: {
  words: string;
  n: number;
  query?: string;
  hrefOf?: (query: string) => string;
  isLate?: boolean;
}) => {
  const told = n.toLocaleString('en-US');
  return (
    <div className={styles.figure}>
      <dt>
        <Text variant="body-small" color="secondary">
          {words}
        </Text>
      </dt>
      <dd className={isLate && n ? `${styles.n} ${styles.late}` : styles.n}>
        {query && hrefOf ? (
          <Link href={hrefOf(query)} variant="title-small" color={isLate && n ? 'danger' : 'primary'} aria-label={`${told} ${words}`}>
            {told}
          </Link>
        ) : (
          <Text variant="title-small">{told}</Text>
        )}
      </dd>
    </div>
  );
};
