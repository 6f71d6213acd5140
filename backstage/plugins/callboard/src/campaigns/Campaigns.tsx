import { useApi } from '@backstage/core-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { count } from '../parts/words';
import { CampaignRow } from './CampaignRow';
import styles from './Campaigns.module.css';

/** Campaigns that have a finding of the reader's, or those that one team sees to: those that run, and those that are over. */
export const Campaigns = ({ owner, hrefOf }: { owner?: string; hrefOf: (query: string) => string }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer('campaigns', () => api.campaigns());
  return (
    <section aria-labelledby="callboard-campaigns">
      <Flex direction="column" gap="2">
        <Text as="h2" variant="title-x-small" weight="bold" id="callboard-campaigns">
          Campaigns
        </Text>
        {answer.state === 'loading' && <Loading rows={2} height={44} words="Loading campaigns…" />}
        {answer.state === 'failed' && <Failure error={answer.error} again={answer.again} what="Campaigns" />}
        {answer.state === 'answered' && (
          <Told all={answer.value.campaigns.filter(each => owner === undefined || each.owner === owner)} owner={owner} hrefOf={hrefOf} />
        )}
      </Flex>
    </section>
  );
};

const Told = ({
  all,
  owner,
  hrefOf,
}: {
  all: readonly Parameters<typeof CampaignRow>[0]['campaign'][];
  owner?: string;
  hrefOf: (query: string) => string;
}) => {
  const running = all.filter(each => each.ended_at === null);
  const over = all.filter(each => each.ended_at !== null);
  return (
    <>
      {running.length > 0 ? (
        <ul className={styles.list} aria-label="Campaigns that run">
          {running.map(each => (
            <CampaignRow key={each.id} campaign={each} hrefOf={hrefOf} />
          ))}
        </ul>
      ) : (
        <Text color="secondary">
          {owner === undefined ? 'No campaign has a finding of yours to be gone.' : 'No campaign runs here of which you see a finding.'}
        </Text>
      )}
      {over.length > 0 && (
        <details className={styles.more}>
          <summary>{count(over.length, 'campaign is', 'campaigns are')} over</summary>
          <ul className={styles.list} aria-label="Campaigns that are over">
            {over.map(each => (
              <CampaignRow key={each.id} campaign={each} hrefOf={hrefOf} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
};
