import { ago, due, exact, isLate } from './words';
import styles from './When.module.css';

/** An instant as people say it, with the exact one in UTC for who points at it. */
export const When = ({ at }: { at: string }) => (
  <time dateTime={at} title={exact(at)} className={styles.when}>
    {ago(at)}
  </time>
);

/** Until when; red means late, and only late. */
export const Due = ({ at }: { at: string | null }) =>
  at === null ? (
    <span className={styles.quiet}>no due date</span>
  ) : (
    <time dateTime={at} title={exact(at)} className={isLate(at) ? styles.late : styles.when}>
      {due(at)}
    </time>
  );
