import { Text } from '@backstage/ui';
import type { RiskLine } from '../api/types';
import { SeverityMark } from '../parts/Severity';
import { count } from '../parts/words';
import styles from './PortalSafety.module.css';

type Factor = RiskLine['likelihood'];
type Evidence = RiskLine['evidence'][number];

/** One line of the register: what, what to do next, and on request why and where. */
export const Risk = ({ risk }: { risk: RiskLine }) => (
  <li className={styles.risk}>
    <SeverityMark severity={risk.band} />
    <div className={styles.what}>
      <Text as="p" weight="bold" className={styles.line}>
        {risk.title}
      </Text>
      <Text as="p" className={styles.line}>
        {risk.action}
      </Text>
      <Text as="p" variant="body-small" color="secondary" className={styles.line}>
        {risk.malicious && 'made to harm · '}
        {risk.band} · {risk.number} of 125{risk.low !== risk.high && `, ${risk.low} to ${risk.high}`} · likelihood {size(risk.likelihood)} ×
        exposure {size(risk.exposure)} × blast radius {size(risk.blast_radius)}
      </Text>
      <details className={styles.more}>
        <summary>
          Why, and {count(risk.evidence.length, 'place')}
        </summary>
        <dl>
          <Because name="Likelihood" factor={risk.likelihood} />
          <Because name="Exposure" factor={risk.exposure} />
          <Because name="Blast radius" factor={risk.blast_radius} />
        </dl>
        <ul>
          {risk.evidence.map(each => (
            <li key={`${where(each)} ${each.said}`}>
              <code>{where(each)}</code> {each.said}
            </li>
          ))}
        </ul>
      </details>
    </div>
  </li>
);

const Because = ({ name, factor }: { name: string; factor: Factor }) => (
  <>
    <dt>
      {name} {size(factor)}
    </dt>
    <dd>{factor.because}</dd>
  </>
);

/** Both ends where they differ: what is not known is not made one number. */
function size({ low, high }: Factor): string {
  return low === high ? String(low) : `${low} to ${high}`;
}

function where({ file, line }: Evidence): string {
  if (file === null) {
    return 'set nowhere';
  }
  return line === null ? file : `${file}:${line}`;
}
