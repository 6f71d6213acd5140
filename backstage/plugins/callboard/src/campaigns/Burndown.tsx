import { useApi } from '@backstage/core-plugin-api';
import { callboardApiRef } from '../api/CallboardApi';
import type { CampaignPage } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { day } from '../parts/words';
import { Cell, Row, Table } from '../uses/Table';
import { changedDays, inWords, plotOf } from './course';
import styles from './Campaigns.module.css';

const WIDTH = 280;
const HEIGHT = 96;
const LINE = 16;
const EDGE = 4;

/** How a campaign goes: what is left at the end of each day, as a line and as a table. */
export const Burndown = ({ id }: { id: number }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(String(id), () => api.campaign(id));
  switch (answer.state) {
    case 'loading':
      return <Loading words="Loading how it goes…" />;
    case 'failed':
      return <Failure error={answer.error} again={answer.again} what="How it goes" />;
    default:
      return <Told page={answer.value} />;
  }
};

const COLUMNS = ['Day', 'Left', 'Fixed', 'Set aside', 'Gone'];

const Told = ({ page: { campaign, days } }: { page: CampaignPage }) => (
  <>
    <Line days={days} due={campaign.due} />
    <Table columns={COLUMNS} label={`${campaign.name}, day by day`}>
      {changedDays(days).map(each => (
        <Row key={each.day}>
          <Cell isHead>{day(each.day)}</Cell>
          <Cell label="Left">{each.open.toLocaleString('en-US')}</Cell>
          <Cell label="Fixed">{each.fixed.toLocaleString('en-US')}</Cell>
          <Cell label="Set aside">{each.suppressed.toLocaleString('en-US')}</Cell>
          <Cell label="Gone">{each.gone.toLocaleString('en-US')}</Cell>
        </Row>
      ))}
    </Table>
  </>
);

const points = (path: readonly (readonly [number, number])[]) => path.map(each => each.map(n => n.toFixed(1)).join(',')).join(' ');

/** One line, dark on light or light on dark, with its ends written out; the way to its last day is dashed. */
const Line = ({ days, due }: { days: CampaignPage['days']; due: string | null }) => {
  const { path, way, from, to } = plotOf(days, due, WIDTH, HEIGHT);
  const [x, y] = path[path.length - 1];
  const left = `${days[days.length - 1].open.toLocaleString('en-US')} left`;
  const isBeside = x < WIDTH - 60;
  // Clear of what is written above the first day.
  const low = isBeside ? Math.max(y + 4, LINE - 3) : Math.max(y - 7, -5);
  return (
    <svg
      className={styles.plot}
      width={WIDTH + 2 * EDGE}
      height={HEIGHT + 3 * LINE}
      viewBox={`${-EDGE} ${-LINE} ${WIDTH + 2 * EDGE} ${HEIGHT + 3 * LINE}`}
      role="img"
      aria-label={inWords(days, due)}
    >
      <text x={0} y={-5}>
        {days[0].open.toLocaleString('en-US')} at first
      </text>
      <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className={styles.axis} />
      {way && <polyline points={points(way)} className={styles.way} />}
      <polyline points={points(path)} className={styles.left} />
      <circle cx={x} cy={y} r={3} className={styles.now} />
      <text x={isBeside ? x + 7 : x} y={low} textAnchor={isBeside ? 'start' : 'end'}>
        {left}
      </text>
      <text x={0} y={HEIGHT + LINE}>
        {day(from)}
      </text>
      <text x={WIDTH} y={HEIGHT + LINE} textAnchor="end">
        {day(to)}
      </text>
      <text x={0} y={HEIGHT + 2 * LINE - 3}>
        {way ? 'left each day; dashed: the straight way' : 'left at the end of each day'}
      </text>
    </svg>
  );
};
