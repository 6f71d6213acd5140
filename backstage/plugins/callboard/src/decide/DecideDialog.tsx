import { useApi } from '@backstage/core-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { OneDialog } from '../parts/OneDialog';
import { SeverityMark } from '../parts/Severity';
import { Choices } from './Choices';
import styles from './Decide.module.css';
import { useDeciding } from './useDeciding';
import { refusal } from './saying';
import { type Ground, groundOf, keyOf, type Target } from './target';
import type { Act } from './words';

/** What is to be said about a finding, a piece of work or several rows: exactly which, then what. It closes once that is said. */
const DecideDialog = ({ target, act, onClose }: { target: Target; act?: Act; onClose: () => void }) => {
  const api = useApi(callboardApiRef);
  const deciding = useDeciding();
  const answer = useAnswer(keyOf(target), () => groundOf(api, target));
  const said = deciding?.saidOf(keyOf(target));
  const [since] = useState(deciding?.last?.nth ?? 0);
  const isDone = said !== undefined && said.nth > since && said.outcome.state === 'answered' && !refusal(said);
  const isWhole = isDone && said.outcome.state === 'answered' && said.outcome.value.left_out_count === 0;
  useEffect(() => {
    if (isWhole) {
      onClose();
    }
  }, [isWhole, onClose]);
  const known = answer.state === 'answered' ? answer.value.about : 'what is selected';
  const title = target.kind === 'rows' ? known : target.title;
  return (
    <OneDialog title={`Decide: ${title}`} answer={answer} width={640} rows={4} again={answer.again} onClose={onClose}>
      {ground => (
        <Flex direction="column" gap="4">
          <Which ground={ground} />
          <Choices target={target} ground={ground} act={act} onLook={answer.again} />
        </Flex>
      )}
    </OneDialog>
  );
};

/** Exactly which findings it is about. */
const Which = ({ ground: { about, many, page } }: { ground: Ground }) => {
  if (!many) {
    return page ? (
      <Text>
        On {page.resource.name}. {page.finding.fix}
      </Text>
    ) : null;
  }
  const rest = many.total - many.findings.length;
  return (
    <section aria-label={about}>
      <Text as="p" weight="bold">
        {about}
      </Text>
      <ul className={styles.rows}>
        {many.findings.map(each => (
          <li key={each.id}>
            <SeverityMark severity={each.severity} />
            <span>
              {each.title} · {each.resource.name}
            </span>
          </li>
        ))}
      </ul>
      {rest > 0 && <Text color="secondary">and {rest.toLocaleString('en-US')} more</Text>}
    </section>
  );
};

export default DecideDialog;
