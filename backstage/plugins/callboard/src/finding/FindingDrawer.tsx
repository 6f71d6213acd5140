import { useApi } from '@backstage/core-plugin-api';
import { Flex } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { DecidingPlace } from '../decide/DecidingPlace';
import { useDeciding } from '../decide/useDeciding';
import { OneDialog } from '../parts/OneDialog';
import { SeverityMark } from '../parts/Severity';
import { FindingView } from './FindingView';

/** One finding beside its list. Escape closes it and puts the focus back. */
const FindingDrawer = (about: { id: number; onClose: () => void }) => (
  <DecidingPlace>
    <Drawer {...about} />
  </DecidingPlace>
);

const Drawer = ({ id, onClose }: { id: number; onClose: () => void }) => {
  const api = useApi(callboardApiRef);
  const deciding = useDeciding();
  const answer = useAnswer(String(id), () => api.finding(id), { revision: deciding?.revision });
  const title = answer.state === 'answered' ? answer.value.finding.title : `Finding ${id}`;
  const about = (
    <Flex gap="2" align="center">
      {answer.state === 'answered' && <SeverityMark severity={answer.value.finding.severity} />}
      {title}
    </Flex>
  );
  return (
    <OneDialog title={about} answer={answer} width={720} rows={6} again={answer.again} onClose={onClose}>
      {page => <FindingView page={page} again={answer.again} />}
    </OneDialog>
  );
};

export default FindingDrawer;
