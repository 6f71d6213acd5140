import { VisuallyHidden } from '@backstage/ui';
import type { Counts } from '../api/types';
import { LETTER, SEVERITIES, severityOf } from './severities';
import styles from './Severity.module.css';

/** One severity: letter, shape and colour, so that it is read without any one of them. */
export const SeverityMark = ({ severity }: { severity: string }) => {
  const known = severityOf(severity);
  const words = known === 'unknown' ? 'severity unknown' : known;
  return (
    <span role="img" aria-label={words} title={words} className={`${styles.mark} ${styles[known]}`}>
      {LETTER[known]}
    </span>
  );
};

/** Open findings by severity. The four usual ones always stand there; the others when there are some. */
export const SeverityStrip = ({ open }: { open: Counts }) => (
  <ul className={styles.strip} aria-label="Open findings by severity">
    {SEVERITIES.filter(each => open[each] || (each !== 'unknown' && each !== 'info')).map(each => (
      <li key={each} className={open[each] ? styles.count : `${styles.count} ${styles.none}`}>
        <SeverityMark severity={each} />
        <span aria-hidden="true">{open[each].toLocaleString('en-US')}</span>
        <VisuallyHidden>{open[each]}</VisuallyHidden>
      </li>
    ))}
  </ul>
);
