import type { ReactNode } from 'react';
import type { FindingPage } from '../api/types';
import { Tickets } from '../parts/Tickets';
import { Due, When } from '../parts/When';
import { exact, plain } from '../parts/words';
import styles from './Facts.module.css';

/** What is known of a finding; what is not known is left out or said, never told as "no". */
export const Facts = ({ page }: { page: FindingPage }) => {
  const { finding, rule, resource, detail, projects } = page;
  const where = [resource.platform, resource.region, resource.account_name ?? resource.account_id].filter(Boolean);
  return (
    <dl className={styles.facts}>
      <Fact words="Status">
        {plain(finding.state)}
        {finding.reopened > 0 && `, came back ${finding.reopened === 1 ? 'once' : `${finding.reopened} times`}`}
        {!finding.in_scope && ', not kept up to date'}
      </Fact>
      <Fact words="First detected">
        <When at={finding.first_detected_at} /> ({exact(finding.first_detected_at)})
      </Fact>
      <Fact words="Last detected">
        {finding.last_detected_at ? (
          <>
            <When at={finding.last_detected_at} /> ({exact(finding.last_detected_at)})
          </>
        ) : (
          'not told by the source'
        )}
      </Fact>
      {finding.fixed_at ? (
        <Fact words="Fixed">
          <When at={finding.fixed_at} /> ({exact(finding.fixed_at)})
        </Fact>
      ) : (
        <Fact words="Due">
          <Due at={finding.due_at} />
        </Fact>
      )}
      <Fact words="Rule">
        {rule.name}
        {rule.name !== rule.id && <code className={styles.id}>{rule.id}</code>}
      </Fact>
      <Fact words="Resource">
        {resource.name} ({plain(resource.type)})
        <code className={styles.id}>{resource.provider_id ?? resource.id}</code>
      </Fact>
      {where.length > 0 && <Fact words="Where">{where.join(' · ')}</Fact>}
      {resource.repository && <Fact words="Repository">{resource.repository}</Fact>}
      {detail.package && (
        <Fact words="Package">
          {[detail.package, detail.version].filter(Boolean).join(' ')}
          {detail.fixed_version ? `, fixed in ${detail.fixed_version}` : ''}
        </Fact>
      )}
      {finding.known_exploited && <Fact words="Exploitation">known to be exploited</Fact>}
      {finding.epss !== null && <Fact words="EPSS">{finding.epss.toFixed(2)}</Fact>}
      {finding.exposed !== null && <Fact words="Open to the internet">{finding.exposed ? 'yes' : 'no'}</Fact>}
      {finding.filed.length > 0 && (
        <Fact words={finding.filed.length === 1 ? 'Ticket' : 'Tickets'}>
          <Tickets tickets={finding.filed} />
        </Fact>
      )}
      {projects.length > 0 && <Fact words="Project">{projects.map(each => each.name).join(', ')}</Fact>}
      <Fact words="Id at the source">
        <code className={styles.id}>{finding.external_id}</code>
      </Fact>
    </dl>
  );
};

const Fact = ({ words, children }: { words: string; children: ReactNode }) => (
  <>
    <dt>{words}</dt>
    <dd>{children}</dd>
  </>
);
