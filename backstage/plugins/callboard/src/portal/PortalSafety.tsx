import { useApi } from '@backstage/core-plugin-api';
import { Alert, Flex, Link, Text } from '@backstage/ui';
import { useSearchParams } from 'react-router-dom';
import { callboardApiRef } from '../api/CallboardApi';
import type { CallboardError } from '../api/errors';
import type { RiskRegister } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { When } from '../parts/When';
import { count } from '../parts/words';
import { portalAddress } from './address';
import styles from './PortalSafety.module.css';
import { Risk } from './Risk';

const BANDS = ['critical', 'high', 'medium', 'low'];

/** The newest risk register of the portal itself, for who may see what can be abused in it; others are told so. */
export const PortalSafety = () => {
  const api = useApi(callboardApiRef);
  const [parameters] = useSearchParams();
  const portal = parameters.get('portal') ?? undefined;
  const answer = useAnswer(portal ?? '', () => api.portalRisks(portal));
  switch (answer.state) {
    case 'loading':
      return <Loading rows={6} height={44} words="Loading the portal’s risks…" />;
    case 'failed':
      return <NoRegister error={answer.error} again={answer.again} portal={portal} />;
    default:
      return <Register register={answer.value} />;
  }
};

const NoRegister = ({ error, again, portal }: { error: CallboardError; again: () => void; portal?: string }) => {
  switch (error.failure) {
    case 'refused':
      return (
        <Alert
          role="note"
          status="info"
          icon
          title="This is not for everybody."
          description={`${error.message}${error.hint ? ` ${error.hint}` : ''} It tells which settings of the portal can be abused.`}
        />
      );
    case 'not-found':
      return (
        <Flex direction="column" gap="2" role="status">
          <Text weight="bold">{portal ? `Nothing was judged yet of ${portal}` : 'Nothing was judged yet'}</Text>
          <Text>That is no sign that nothing is wrong. This judges the portal’s folder and brings its register here, also from a pipeline:</Text>
          <pre className={styles.command}>
            <code>callboard risk --portal FOLDER --board</code>
          </pre>
        </Flex>
      );
    default:
      return <Failure error={error} again={again} what="The portal’s risks" />;
  }
};

const Register = ({ register }: { register: RiskRegister }) => (
  <Flex direction="column" gap="4">
    <div>
      <Text as="h2" variant="title-x-small" weight="bold">
        {register.portal}: {count(register.risks.length, 'risk')}
        {BANDS.filter(band => register.bands[band]).map(band => ` · ${register.bands[band]} ${band}`)}
      </Text>
      <Text as="p" variant="body-small" color="secondary" className={styles.line}>
        What can go wrong in the portal itself: likelihood × exposure × blast radius, 1 to 5 each. Judged <When at={register.at} />
        {!register.production && ', by settings for development'};{' '}
        {register.components === null || register.teams === null
          ? 'what stands behind it, no catalog told'
          : `${count(register.components, 'component')} of ${count(register.teams, 'team')} stand behind it`}
        .
      </Text>
    </div>
    <Portals register={register} />
    {register.old && (
      <Alert
        role="note"
        status="warning"
        icon
        title="This is old."
        description={
          <Text>
            The portal, its packages and what is known of them may have changed since. <code>callboard risk --board</code> judges it anew.
          </Text>
        }
      />
    )}
    {register.risks.length > 0 ? (
      <ol className={styles.risks} aria-label="Risks, the gravest first">
        {register.risks.map(each => (
          <Risk key={each.key} risk={each} />
        ))}
      </ol>
    ) : (
      <Text role="status">
        No risk was found.{' '}
        {register.not_evaluated.length > 0
          ? `${count(register.not_evaluated.length, 'thing')} could not be judged, and may hold some.`
          : 'Everything that is looked at was judged.'}
      </Text>
    )}
    {register.not_evaluated.length > 0 && (
      <details className={styles.more}>
        <summary>
          {count(register.not_evaluated.length, 'thing')} could not be judged, and {register.not_evaluated.length === 1 ? 'is' : 'are'} not
          called good
        </summary>
        <ul>
          {register.not_evaluated.map(each => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </details>
    )}
  </Flex>
);

/** Where several portals were judged, the way to each. */
const Portals = ({ register: { portal, portals } }: { register: RiskRegister }) =>
  portals.length > 1 ? (
    <nav aria-label="Portals" className={styles.portals}>
      {portals.map(each => (
        <Link key={each} href={portalAddress('', each)} aria-current={each === portal ? 'page' : undefined} weight={each === portal ? 'bold' : 'regular'}>
          {each}
        </Link>
      ))}
    </nav>
  ) : null;
