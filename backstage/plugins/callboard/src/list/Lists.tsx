import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { More } from '../parts/More';
import { count } from '../parts/words';
import { BundleList } from '../work/BundleList';
import { FindingRows } from './FindingRows';
import { FindingTable, tableWidth } from './FindingTable';
import { Nothing } from './Nothing';
import type { GroundAnswer } from './useGround';
import { usePages } from './usePages';
import { useWidth } from './useWidth';

/** What every list of ours needs: its question, the usual one, and how to make a link of another. */
interface Asked {
  query: string;
  usual: string;
  ground: GroundAnswer;
  hrefOf: (query: string) => string;
}

/** Findings put together by what closes them. */
export const WorkList = (asked: Asked) => {
  const api = useApi(callboardApiRef);
  const { answer, rows, more, isMore } = usePages(
    cursor => api.bundles(asked.query, { limit: 20, cursor }),
    page => page.bundles,
  );
  if (answer.state === 'failed') {
    return <Failure error={answer.error} again={answer.again} />;
  }
  if (answer.state === 'loading' && !isMore) {
    return <Loading rows={6} height={44} />;
  }
  if (rows.length === 0) {
    return <Nothing {...asked} />;
  }
  const total = answer.state === 'answered' ? count(answer.value.total, 'piece of work', 'pieces of work') : '';
  return (
    <>
      <Text variant="body-small" color="secondary" role="status">
        {total}
      </Text>
      <BundleList bundles={rows} hrefOf={asked.hrefOf} withOwner />
      <More more={more} isMore={isMore} />
    </>
  );
};

/** Findings one by one. */
export const FindingList = ({
  onOpen,
  hrefOfFinding,
  ...asked
}: Asked & { onOpen: (id: number) => void; hrefOfFinding: (id: number) => string }) => {
  const api = useApi(callboardApiRef);
  const [frame, width] = useWidth<HTMLDivElement>();
  const { answer, rows, more, isMore } = usePages(
    cursor => api.findings(asked.query, { limit: 50, cursor }),
    page => page.findings,
  );
  // The frame stands there from the first moment, so that its width is known before the rows come.
  return <div ref={frame}>{told()}</div>;

  function told() {
    if (answer.state === 'failed') {
      return <Failure error={answer.error} again={answer.again} />;
    }
    if (answer.state === 'loading' && !isMore) {
      return <Loading rows={8} height={36} />;
    }
    if (rows.length === 0) {
      return <Nothing {...asked} />;
    }
    const withComponent = !/(^|\s)component:[^\s,]+(\s|$)/.test(asked.query);
    return (
      <>
        <Text variant="body-small" color="secondary" role="status">
          {answer.state === 'answered' && `${count(answer.value.total, 'finding')}${answer.value.is_more ? ' or more' : ''}`}
        </Text>
        {width !== undefined && width < tableWidth(withComponent) ? (
          <FindingRows rows={rows} hrefOf={hrefOfFinding} withComponent={withComponent} />
        ) : (
          <FindingTable rows={rows} onOpen={onOpen} withComponent={withComponent} />
        )}
        <More more={more} isMore={isMore} />
      </>
    );
  }
};
