import { useApi } from '@backstage/core-plugin-api';
import { Dialog, DialogBody, DialogHeader, Flex } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { DecidingPlace, useDeciding } from '../decide/Deciding';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import readable from '../parts/Readable.module.css';
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
  return (
    <Dialog isOpen onOpenChange={isOpen => !isOpen && onClose()} width={720} className={readable.readable}>
      <DialogHeader>
        <Flex gap="2" align="center">
          {answer.state === 'answered' && <SeverityMark severity={answer.value.finding.severity} />}
          {title}
        </Flex>
      </DialogHeader>
      <DialogBody>
        {answer.state === 'loading' && <Loading rows={6} />}
        {answer.state === 'failed' && <Failure error={answer.error} again={answer.again} />}
        {answer.state === 'answered' && <FindingView page={answer.value} again={answer.again} />}
      </DialogBody>
    </Dialog>
  );
};

export default FindingDrawer;
